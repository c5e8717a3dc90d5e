import FoundationEssentials
import JobQueue

/// How fast a stage goes, and when it will be done at that pace.
struct StagePace: Equatable {
    /// On average since the stage began; nil before the first byte, and for stages that count none.
    let bytesPerSecond: Int64?
    /// Nil unless the stage is under way and some of it is done.
    let endsAt: Date?

    init(_ stage: StageProgress, now: Date) {
        self.init(
            startedAt: stage.startedAt, finishedAt: stage.finishedAt, isRunning: stage.state == .running,
            done: (stage.bytesDone, stage.itemsDone, stage.jobsDone),
            total: (stage.bytesTotal, stage.itemsTotal, stage.jobs),
            now: now)
    }

    /// - Parameters:
    ///   - done: bytes, files and jobs.
    ///   - total: the same; 0 where it is not known.
    init(
        startedAt: Date?, finishedAt: Date?, isRunning: Bool, done: (bytes: Int64, files: Int64, jobs: Int),
        total: (bytes: Int64, files: Int64, jobs: Int), now: Date
    ) {
        let elapsed = startedAt.map { (isRunning ? now : finishedAt ?? now).timeIntervalSince($0) } ?? 0
        guard elapsed > 0 else {
            self.bytesPerSecond = nil
            self.endsAt = nil
            return
        }
        self.bytesPerSecond = done.bytes > 0 ? Int64(Double(done.bytes) / elapsed) : nil
        let share = Self.share(done: done, total: total)
        guard isRunning, share > 0 else {
            self.endsAt = nil
            return
        }
        self.endsAt = now.addingTimeInterval(elapsed * (1 - share) / share)
    }

    /// The part that is done, 0 to 1: of several jobs by their number, since those that wait do not know their bytes yet.
    private static func share(
        done: (bytes: Int64, files: Int64, jobs: Int), total: (bytes: Int64, files: Int64, jobs: Int)
    ) -> Double {
        if total.jobs > 1 { return Double(done.jobs) / Double(total.jobs) }
        if total.bytes > 0 { return min(1, Double(done.bytes) / Double(total.bytes)) }
        return total.files > 0 ? min(1, Double(done.files) / Double(total.files)) : 0
    }
}
