import ArgumentParser
import JobQueue
import Postgres

/// Fills the queue with a number of jobs.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Enqueues so many jobs, many a call.")

    @OptionGroup var target: Target
    @Option(help: "How many.") var jobs = 100_000
    @Option(help: "Jobs in each call.") var perCall = 5000

    func run() async throws {
        let report = try await self.target.withDatabase(connections: 1) { database in
            let queue = JobQueue(database: database)
            let clock = ContinuousClock()
            let begin = clock.now
            var left = self.jobs
            while left > 0 {
                let count = min(left, self.perCall)
                try await queue.enqueue(count, in: database)
                left -= count
            }
            return Rate(jobs: self.jobs, seconds: (clock.now - begin) / .seconds(1))
        }
        report.print()
    }
}
