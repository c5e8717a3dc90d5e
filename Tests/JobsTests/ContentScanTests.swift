import Archives
import ClamAV
import Content
import Foundation
import Staging
import TestKit
import Testing

@testable import Jobs

@Suite("Scanning what archives hold")
struct ContentScanTests {
    private func scan(_ bytes: [UInt8], limits: ArchiveLimits = .standard) async throws -> ScanVerdict {
        let directory = FileManager.default.temporaryDirectory.appending(path: "members-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let area = try StagingArea(root: directory.path, watermark: .kibibytes(0))
        let scratch = try area.scratch("scan")
        let file = directory.appending(path: "file")
        try Data(bytes).write(to: file)
        let subject = ScanSubject(
            path: try BuildPath(validating: "mods/pack.tar"), source: try FileSource(path: file.path))
        let contents = ContentScan(scanner: PatternScanner(), limits: limits)
        return try #require(try await contents.verdicts(of: [subject], membersIn: scratch).first)
    }

    private func member(_ path: String, _ text: String = "harmless", count: Int = 4000) -> (
        path: String, bytes: [UInt8]
    ) {
        (path, Array(text.utf8) + [UInt8](repeating: 65, count: count))
    }

    @Test("an archive too large for the engine is clean when every member is")
    func cleanMembers() async throws {
        let tar = TarArchive(files: (0..<10).map { self.member("m\($0)") }).bytes
        #expect(try await self.scan(tar) == .clean(covered: Int64(tar.count)))
    }

    @Test("a member that is infected makes the archive infected, also in an archive in the archive")
    func infectedMembers() async throws {
        let bad = (0..<10).map { self.member("m\($0)", $0 == 8 ? "MARKER" : "harmless") }
        #expect(try await self.scan(TarArchive(files: bad).bytes) == .infected(signature: "Test", covered: 4006))
        let nested = TarArchive(files: [self.member("a"), ("inner.tar", TarArchive(files: bad).bytes)]).bytes
        #expect(try await self.scan(nested) == .infected(signature: "Test", covered: 4006))
    }

    @Test("a member that is not scanned whole makes the archive so")
    func incompleteMembers() async throws {
        let tar = TarArchive(files: [self.member("a"), self.member("large", count: 20_000)]).bytes
        guard case .incomplete(.windows, _) = try await self.scan(tar) else {
            Issue.record("not incomplete")
            return
        }
    }

    @Test("an archive that we refuse to open, and a large file that is none, keep the engine's verdict")
    func refused() async throws {
        var tar = TarArchive(files: (0..<10).map { self.member("m\($0)") }).bytes
        let lastHeader = 9 * (512 + 4096)
        tar.replaceSubrange(lastHeader..<lastHeader + 300, with: [UInt8](repeating: 7, count: 300))
        for bytes in [
            tar, [UInt8](repeating: 66, count: 30_000), TarArchive(files: [self.member("../up", count: 12_000)]).bytes,
        ] {
            guard case .incomplete(.windows, _) = try await self.scan(bytes) else {
                Issue.record("not incomplete")
                continue
            }
        }
    }

    @Test("a bomb is not scanned whole")
    func bomb() async throws {
        var limits = ArchiveLimits.standard
        limits.entries = 5
        let tar = TarArchive(files: (0..<10).map { self.member("m\($0)") }).bytes
        guard case .incomplete = try await self.scan(tar, limits: limits) else {
            Issue.record("not incomplete")
            return
        }
    }
}
