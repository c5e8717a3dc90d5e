import Archives
import Content
import Foundation
import Staging
import Testing

@Suite("From archive to staging")
struct RoundTripTests {
    @Test(
        "thousands of files arrive in staging as they were packed",
        arguments: zip([ArchiveFormat.zip, .tar, .tarGzip], [5000, 300, 300]))
    func manyFiles(_ format: ArchiveFormat, _ count: Int) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "slipway-round-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        let build = try StagingArea(root: root.path, watermark: .zero).build(VersionID(UUID()))
        let name: (Int) -> String = { "assets/level\($0 % 50)/tile\($0).bin" }
        let content: (Int) -> [UInt8] = { number in
            [UInt8](repeating: UInt8(number % 251), count: number % 700)
        }
        let bytes: [UInt8]
        if format == .zip {
            bytes =
                ZipBytes(
                    (0..<count).map { number in
                        ZipBytes.Entry(name(number), content(number)).with { $0.isDeflated = number.isMultiple(of: 2) }
                    }
                ).bytes
        } else {
            let tar = TarBytes.make { tar in for number in 0..<count { tar.add(name(number), content(number)) } }
            bytes = format == .tar ? tar : deflated(tar, isGzip: true)
        }
        try stage(bytes, into: build)
        for number in 0..<count {
            let file = try build.open(try BuildPath(validating: name(number)))
            let found = try file.read(Int(file.size), at: 0)
            guard found == content(number) else {
                Issue.record("\(name(number)) differs")
                return
            }
        }
    }
}
