import ArgumentParser
import JobLifecycle
import JobQueue
import Postgres

/// Enqueues as fast as it can for a time.
struct Enqueue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Enqueues for some seconds; each call is a transaction.")

    @OptionGroup var target: Target
    @Option(help: "Jobs in each call.") var perCall = 1
    @Option(help: "Tasks that enqueue, each with a connection.") var producers = 1
    @Option(help: "How long.") var seconds = 3

    func run() async throws {
        let report = try await self.target.withDatabase(connections: self.producers) { database in
            let queue = JobQueue(database: database)
            _ = try await queue.number(of: Noop.policy.queue)
            let clock = ContinuousClock()
            let begin = clock.now
            let end = begin + .seconds(self.seconds)
            let jobs = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<self.producers {
                    group.addTask { [perCall = self.perCall] in
                        // Kept, as pgbench keeps its own: each call is a transaction all the same.
                        try await database.withConnection { connection in
                            var jobs = 0
                            while clock.now < end {
                                try await queue.enqueue(perCall, in: connection)
                                jobs += perCall
                            }
                            return jobs
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            return Rate(jobs: jobs, seconds: (clock.now - begin) / .seconds(1))
        }
        report.print()
    }
}

/// Jobs and how long they took.
struct Rate: Encodable {
    let jobs: Int
    let seconds: Double

    func print() {
        Swift.print(
            #"{"jobs": \#(self.jobs), "seconds": \#(self.seconds), "rate": \#(Double(self.jobs) / self.seconds)}"#)
    }
}

extension JobQueue {
    /// One call with so many jobs.
    func enqueue(_ count: Int, key: String? = nil, in executor: some SQLExecutor) async throws {
        let scope = JobScope(id: nil, developer: nil, key: key)
        guard count > 1 else {
            try await self.enqueue(Noop(), scope: scope, in: executor)
            return
        }
        var graph = JobGraph()
        for _ in 0..<count { graph.add(Noop()) }
        try await self.enqueue(graph, scope: scope, in: executor)
    }
}
