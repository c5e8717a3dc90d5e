import Foundation
import JobLifecycle
import JobQueue
import Postgres
import TestKit
import Testing

/// The queue against real servers that die, real poolers, and real standbys.
@Suite("Disasters", .serialized)
struct DisasterTests {
    private func withQueue(
        _ configuration: DatabaseConfiguration, _ body: (JobQueue, Database) async throws -> Void
    ) async throws {
        let database = Database(configuration)
        do {
            try await body(JobQueue(database: database), database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    @Test("backends are killed at random and the database crashes twice under load: no job is lost, none ends twice")
    func restarts() async throws {
        try await PostgresServer.run { server in
            try await self.withQueue(DatabaseConfiguration(url: server.url, maxConnections: 12)) { queue, database in
                let storm = Storm(short: 1600, recording: 200)
                try await storm.prepare(queue, database)
                let trouble = Task {
                    for round in 0..<2 {
                        for _ in 0..<4 {
                            try await Task.sleep(for: .milliseconds(60))
                            _ = try? await database.execute(
                                """
                                SELECT pg_terminate_backend(pid) FROM (
                                    SELECT pid FROM pg_stat_activity
                                    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                                    ORDER BY random() LIMIT 2) AS some
                                """)
                        }
                        server.crash()
                        // For long enough that heartbeats are missed, and leasing stops.
                        try await Task.sleep(for: .milliseconds(round == 0 ? 50 : 500))
                        try await server.start()
                    }
                }
                try await runWorker(
                    queue, storm.registry, queues: ["quick", "test"], heartbeat: .milliseconds(100)
                ) {
                    await storm.isOver(database)
                } then: {
                    try await trouble.value
                    // The same worker and the same pools go on.
                    try await storm.enqueue(from: 10_000, queue, database)
                    try await eventually { await storm.isOver(rounds: 2, database) }
                }
                try await storm.check(rounds: 2, queue, database)
                #expect(database.health.open <= 12 && database.health.waiting == 0)
            }
        }
    }

    @Test("the primary dies and a standby takes over: clients find it by themselves, and what was committed is there")
    func failover() async throws {
        try await PostgresServer.run { primary in
            try await primary.withStandby { standby in
                var configuration = DatabaseConfiguration(url: primary.url(orOf: standby), maxConnections: 12)
                configuration.connectTimeout = .seconds(2)
                try await self.withQueue(configuration) { queue, database in
                    let storm = Storm(short: 1200, recording: 150)
                    try await storm.prepare(queue, database)
                    let trouble = Task {
                        try await eventually { storm.seen.count > 200 }
                        primary.crash()
                        // As long as somebody needs to notice.
                        try await Task.sleep(for: .milliseconds(300))
                        try await standby.promote()
                    }
                    try await runWorker(
                        queue, storm.registry, queues: ["quick", "test"], heartbeat: .milliseconds(100)
                    ) {
                        await storm.isOver(database)
                    } then: {
                        try await trouble.value
                        let row = try await database.row("SELECT pg_is_in_recovery() AS waits")
                        let waits: Bool? = try row?("waits")
                        #expect(waits == false)
                    }
                    try await storm.check(queue, database)
                }
            }
        }
    }

    @Test(
        "behind PgBouncer in transaction mode all is done, with a way past it for notifications and without",
        .enabled(if: PgBouncer.obstacle == nil, "pgbouncer is not installed; ops/setup installs it"),
        arguments: [true, false])
    func pooler(hasWayPast: Bool) async throws {
        try await PostgresServer.run { server in
            try await PgBouncer.run(before: server) { url in
                let configuration = DatabaseConfiguration(
                    url: url, directURL: hasWayPast ? server.url : nil, maxConnections: 12, preparedStatements: false)
                try await self.withQueue(configuration) { queue, database in
                    let storm = Storm(short: 400, recording: 100, dwell: .milliseconds(1))
                    try await storm.prepare(queue, database)
                    try await runWorker(
                        queue, storm.registry, queues: ["quick", "test"], heartbeat: .milliseconds(100)
                    ) {
                        await storm.isOver(database)
                    } then: {
                        // What comes while they sleep is found, too.
                        try await storm.enqueue(from: 10_000, queue, database)
                        try await eventually { await storm.isOver(rounds: 2, database) }
                    }
                    try await storm.check(rounds: 2, queue, database)
                }
            }
        }
    }
}
