import ClamAV
import Content
import Foundation
import Testing

/// A directory of a test's own, and a scanner configured to work in it.
struct Fixture {
    let directory: URL
    var configuration: ScannerPool.Configuration

    /// Runs a test in a directory that is gone afterwards.
    static func run(lanes: Int = 1, _ body: (Fixture) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "clamav-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        var configuration = ScannerPool.Configuration(directory: directory.path, lanes: lanes)
        configuration.helperPath = try Self.helperPath()
        configuration.databaseDirectory = directory.appending(path: "database").path
        configuration.probation = .zero
        try await body(Fixture(directory: directory, configuration: configuration))
    }

    /// Runs a test with a scanner that is shut down afterwards.
    static func withPool(
        lanes: Int = 1, configure: (inout ScannerPool.Configuration) -> Void = { _ in },
        _ body: (ScannerPool, Fixture) async throws -> Void
    ) async throws {
        try await self.run(lanes: lanes) { fixture in
            var fixture = fixture
            configure(&fixture.configuration)
            let pool = try await ScannerPool.start(fixture.configuration)
            do {
                try await body(pool, fixture)
                await pool.shutdown()
            } catch {
                await pool.shutdown()
                throw error
            }
        }
    }

    @discardableResult
    func write(_ bytes: Data, to name: String = "file") throws -> ScanSource {
        let url = self.directory.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: url)
        return .path(url.path)
    }

    /// Replaces the database by one `.ndb` file; its lines are `name:0:*:hex`.
    func writeDatabase(_ lines: String...) throws {
        try self.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: "database/test.ndb")
    }

    /// Writes and scans.
    func scan(_ bytes: Data, in pool: ScannerPool, named name: String = "file") async throws -> ScanVerdict {
        try await pool.scan(self.write(bytes, to: name), size: Int64(bytes.count), deadline: .seconds(60))
    }

    /// The program beside the tests' own: where the runner lies, where the bundle lies, or above either.
    private static func helperPath() throws -> String {
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        let programs = [try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")] + bundles
        for program in programs + [Bundle.main.bundlePath] {
            var directory = URL(filePath: program)
            for _ in 0..<3 {
                directory.deleteLastPathComponent()
                let path = directory.appending(path: "slipway-scanner").path
                if FileManager.default.isExecutableFile(atPath: path) { return path }
            }
        }
        throw ScanError.helperMissing(path: "beside any of \(programs)")
    }
}

extension ScanVerdict {
    var isInfected: Bool { if case .infected = self { true } else { false } }
    var isClean: Bool { if case .clean = self { true } else { false } }

    var incompleteReason: IncompleteReason? {
        if case .incomplete(let reason, _) = self { reason } else { nil }
    }
}

/// The error of the scanner's that a body throws.
func scanError(_ body: () async throws -> Void) async -> ScanError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ScanError
    }
}
