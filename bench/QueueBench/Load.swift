import ArgumentParser
import JobLifecycle
import JobQueue
import Postgres

/// Fills the queue with a number of jobs.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enqueues so many jobs, many a call; by COPY, but for those with a key.")

    @OptionGroup var target: Target
    @Option(help: "How many.") var jobs = 100_000
    @Option(help: "Jobs in each call.") var perCall = 5000
    @Option(help: "Keys that the calls go round; each may have 100 jobs at a time. 0: jobs without a key.") var keys = 0
    @Flag(help: "All jobs have one key, none of which may run.") var fullKey = false

    func run() async throws {
        let report = try await self.target.withDatabase(connections: 1) { database in
            let queue = JobQueue(database: database)
            if self.keys > 0 || self.fullKey {
                try await queue.change(Noop.policy.queue, QueueChange(keyLimit: .set(100)), by: "bench")
            }
            if self.fullKey {
                try await queue.change(key: "full", of: Noop.policy.queue, cap: .set(0), by: "bench")
            }
            let clock = ContinuousClock()
            let begin = clock.now
            var call = 0
            var left = self.jobs
            while left > 0 {
                let count = min(left, self.perCall)
                if let key = self.key(of: call) {
                    try await queue.enqueue(count, key: key, in: database)
                } else {
                    let jobs = (0..<count).map { _ in Noop() }
                    _ = try await database.transaction { try await queue.enqueue(copying: jobs, in: $0) }
                }
                left -= count
                call += 1
            }
            return Rate(jobs: self.jobs, seconds: (clock.now - begin) / .seconds(1))
        }
        report.print()
    }

    private func key(of call: Int) -> String? {
        if self.fullKey { return "full" }
        return self.keys > 0 ? "key-\(call % self.keys)" : nil
    }
}
