import ClamAV
import Foundation

/// What the death of a scanning lane costs: time to the next verdict, and files that never get one.
struct RecoveryBench {
    let helper: String
    let rounds: Int

    /// Long enough to be in hand when the lane is killed.
    private static let large = 32 << 20
    private static let small = 10_000
    /// Files handed over with the large one; they wait in the lane's socket when it dies.
    private static let waiting = 50

    func run() async throws -> [String: Double] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "core-bench-\(UUID())")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var configuration = ScannerPool.Configuration(directory: directory.path, lanes: 1)
        configuration.helperPath = self.helper
        configuration.databaseDirectory = directory.path + "/none"
        let pool = try await ScannerPool.start(configuration)
        let large = try Self.file(of: Self.large, in: directory)
        let small = try Self.file(of: Self.small, in: directory)
        _ = await pool.scan([small])
        var times: [Double] = []
        var lost = 0
        for _ in 0..<self.rounds {
            let scan = Task { await pool.scan([large] + Array(repeating: small, count: Self.waiting)) }
            var lanes = await pool.scanning
            while lanes.isEmpty {
                try await Task.sleep(for: .milliseconds(1))
                lanes = await pool.scanning
            }
            try await Task.sleep(for: .milliseconds(5))
            for lane in lanes { kill(lane, SIGKILL) }
            let death = ContinuousClock.now
            let outcomes = await scan.value
            // The one in hand is told as crashed, and taken again, as the pipeline does; the others have their verdicts.
            let failed = outcomes.filter { (try? $0.get()) == nil }
            let again = await pool.scan(failed.map { _ in small })
            lost += Self.waiting + 1 - outcomes.count + again.filter { (try? $0.get()) == nil }.count
            times.append((ContinuousClock.now - death) / .milliseconds(1))
        }
        await pool.shutdown()
        times.sort()
        return [
            "scanner_recovery_ms": times[times.count / 2], "scanner_recovery_worst_ms": times[times.count - 1],
            "scanner_files_lost": Double(lost),
        ]
    }

    private static func file(of count: Int, in directory: URL) throws -> ScanRequest {
        let file = directory.appending(path: "\(count)")
        try Data(repeating: 65, count: count).write(to: file)
        return ScanRequest(.path(file.path), size: Int64(count), deadline: .seconds(60))
    }
}
