import Foundation
import Testing

@Suite("Layers")
struct LayerTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    /// What the files of a folder import.
    private static func imports(in folder: String) throws -> Set<String> {
        let path = self.root.appending(path: folder)
        var found: Set<String> = []
        for file in try FileManager.default.subpathsOfDirectory(atPath: path.path) where file.hasSuffix(".swift") {
            let text = try String(contentsOf: path.appending(path: file), encoding: .utf8)
            for match in text.matches(of: /(?m)^(?:public |internal |private |@\w+ )*import (\w+)/) {
                found.insert(String(match.1))
            }
        }
        return found
    }

    @Test(
        "IM-1: the rules of the shop know no database, no network and no files",
        arguments: ["Storefront", "JobLifecycle"])
    func domain(module: String) throws {
        #expect(try Self.imports(in: "Sources/\(module)").isSubset(of: ["FoundationEssentials"]))
    }

    @Test("IM-1: only the owners of tables speak to the database")
    func sql() throws {
        for module in ["DevelopmentPlatform", "Client", "ClientCommands"] {
            #expect(try !Self.imports(in: "Sources/\(module)").contains("Postgres"), "\(module)")
        }
    }
}
