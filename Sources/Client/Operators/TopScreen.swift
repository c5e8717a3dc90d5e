public import FoundationEssentials

/// What `slipway top` shows at one moment.
///
/// Pure: the time and the size of the terminal are arguments.
public struct TopScreen: Sendable {
    public var queues: [QueueDocument]
    public var pools: [PoolDocument]
    public var workers: [WorkerDocument]
    /// Running jobs, at most as many as were asked for.
    public var running: [OperatorJobDocument]

    public init(
        queues: [QueueDocument], pools: [PoolDocument], workers: [WorkerDocument], running: [OperatorJobDocument]
    ) {
        self.queues = queues
        self.pools = pools
        self.workers = workers
        self.running = running
    }

    /// - Returns: at most `height` lines of at most `width` columns.
    public func lines(now: Date, width: Int, height: Int) -> [String] {
        var lines = [self.heading(now), ""]
        lines += self.queueTable.lines()
        if !self.running.isEmpty {
            lines.append("")
            lines += self.jobTable(now).lines()
        }
        return lines.prefix(max(1, height)).map { String($0.prefix(max(20, width))) }
    }

    private func heading(_ now: Date) -> String {
        let rate = self.queues.reduce(0) { $0 + $1.rate.completedPerSecond }
        let running = self.queues.reduce(0) { $0 + $1.depth.running }
        let silent = self.workers.filter { $0.silenceMs > 2000 }.count
        let workers = self.workers.count == 1 ? "1 worker" : "\(self.workers.count) workers"
        var line = "slipway  \(now.formatted(.iso8601))  \(workers)"
        if silent > 0 { line += " (\(silent) silent)" }
        return line + ", \(running) \(running == 1 ? "job" : "jobs") running, \(OperatorText.rate(rate)) completed"
    }

    private var queueTable: TextTable {
        var table = TextTable([
            ("QUEUE", .left), ("READY", .right), ("HELD", .right), ("LATER", .right), ("PARKED", .right),
            ("RUNNING", .right), ("SLOTS", .right), ("OLDEST", .right), ("DONE", .right), ("FAILED", .right),
            ("LIMITS", .left),
        ])
        let pools = Dictionary(self.pools.map { ($0.queue, $0) }) { first, _ in first }
        // What waits longest stands on top; the rest by name, so that nothing jumps about.
        let ordered = self.queues.sorted {
            ($0.depth.oldestAgeMs ?? -1, $1.queue) > ($1.depth.oldestAgeMs ?? -1, $0.queue)
        }
        for queue in ordered {
            let pool = pools[queue.queue]
            let said = [OperatorText.limits(queue.settings), pool?.allNodes.map(OperatorText.setting) ?? ""]
                .filter { !$0.isEmpty && $0 != "nothing set" }
            table.add([
                queue.queue, OperatorText.count(queue.depth.ready), OperatorText.count(queue.depth.held),
                OperatorText.count(queue.depth.later), OperatorText.count(queue.depth.parked),
                "\(queue.depth.running)", "\((pool?.workers ?? []).reduce(0) { $0 + $1.concurrency })",
                OperatorText.age(queue.depth.oldestAge), OperatorText.rate(queue.rate.completedPerSecond),
                "\(queue.rate.discarded)", said.joined(separator: "; "),
            ])
        }
        return table
    }

    private func jobTable(_ now: Date) -> TextTable {
        var table = TextTable([
            ("RUNNING", .right), ("KIND", .left), ("FOR", .right), ("TRY", .right), ("DONE", .right), ("KEY", .left),
        ])
        for job in self.running {
            table.add([
                job.id, job.kind, OperatorText.age(since: job.startedAt, at: now), "\(job.attempt)/\(job.maxAttempts)",
                OperatorText.progress(job.progress), job.key ?? "",
            ])
        }
        return table
    }
}
