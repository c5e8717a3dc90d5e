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
        let lanes = ProcessInfo.processInfo.activeProcessorCount
        var configuration = ScannerPool.Configuration(directory: directory.path, lanes: lanes)
        configuration.databaseDirectory = self.signatures
        let pool = try await ScannerPool.start(configuration)
        let paths = try self.paths.flatMap(Self.files(at:))
        let worst = try await withThrowingTaskGroup(of: [(String, ScanVerdict)].self) { group in
            var worst: Int32 = 0
            // One batch more than lanes, so that none of them waits while verdicts are printed.
            for (number, start) in stride(from: 0, to: paths.count, by: Self.batch).enumerated() {
                if number > lanes, let verdicts = try await group.next() {
                    worst = max(worst, try self.print(verdicts))
                }
                let batch = Array(paths[start..<min(start + Self.batch, paths.count)])
                group.addTask { try await Self.scan(batch, with: pool) }
            }
            for try await verdicts in group { worst = max(worst, try self.print(verdicts)) }
            return worst
        }
        await pool.shutdown()
        guard worst == 0 else { throw ExitCode(worst == 2 ? 1 : 2) }
    }

    /// Files handed to the scanner at a time.
    private static let batch = 256

    private static func scan(_ paths: [String], with pool: ScannerPool) async throws -> [(String, ScanVerdict)] {
        let requests = try paths.map { path in
            ScanRequest(.path(path), size: try LocalFile(path, mode: .read).size, deadline: .seconds(600))
        }
        return try zip(paths, await pool.scan(requests)).map { ($0, try $1.get()) }
    }

    private func print(_ verdicts: [(String, ScanVerdict)]) throws -> Int32 {
        var worst: Int32 = 0
        for (path, verdict) in verdicts { worst = max(worst, try self.print(verdict, of: path)) }
        return worst
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
