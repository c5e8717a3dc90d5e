import ArgumentParser
import ClamAV
import Foundation
import LocalFiles

/// `slipway tool scan PATH…`
struct ToolScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Scans files and directories for malware.",
        discussion: """
            Exits with 0 when all files are clean, 1 when one is infected, 2 when one could not be scanned whole.

            Example: slipway tool scan ./build
            """)

    @Argument(help: "Files and directories.") var paths: [String]
    @Option(help: "The directory with ClamAV's signatures.") var signatures = "/var/lib/clamav"
    @Flag(help: "Print one JSON object a file.") var json = false

    func run() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-scan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        var configuration = ScannerPool.Configuration(directory: directory.path, lanes: 2)
        configuration.databaseDirectory = self.signatures
        let pool = try await ScannerPool.start(configuration)
        var worst: Int32 = 0
        for path in try self.paths.flatMap(Self.files(at:)) {
            let size = try LocalFile(path, mode: .read).size
            let verdict = try await pool.scan(.path(path), size: size, deadline: .seconds(600))
            worst = max(worst, try self.print(verdict, of: path))
        }
        await pool.shutdown()
        guard worst == 0 else { throw ExitCode(worst == 2 ? 1 : 2) }
    }

    /// - Returns: 0 clean, 1 incomplete, 2 infected.
    private func print(_ verdict: ScanVerdict, of path: String) throws -> Int32 {
        let (rank, word, detail): (Int32, String, String?) =
            switch verdict {
            case .clean: (0, "clean", nil)
            case .incomplete(let reason, _): (1, "incomplete", reason.rawValue)
            case .infected(let signature, _): (2, "infected", signature)
            }
        guard self.json else {
            Swift.print("\(word)\(detail.map { " (\($0))" } ?? "")  \(path)")
            return rank
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let result = ["path": path, "verdict": word, "detail": detail ?? "", "covered": "\(verdict.covered)"]
        Swift.print(String(decoding: try encoder.encode(result), as: UTF8.self))
        return rank
    }

    private static func files(at path: String) throws -> [String] {
        guard let status = try FileSystem.status(of: path) else { throw ValidationError("\(path) does not exist") }
        guard status.kind == .directory else { return [path] }
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return try names.sorted().map { "\(path)/\($0)" }.filter { try FileSystem.status(of: $0)?.kind == .file }
    }
}
