import Postgres
import TestKit
import Testing

@Suite("Connections")
struct ConnectionTests {
    private func processes(_ database: Database) async throws -> Int? {
        try await database.row("SELECT pg_backend_pid() AS pid")?("pid", as: Int.self)
    }

    @Test("a task gets no connection in time when all are taken, and one as soon as one is free")
    func exhausts() async throws {
        let configure = { (configuration: inout DatabaseConfiguration) in
            configuration.maxConnections = 1
            configuration.acquireTimeout = .milliseconds(100)
        }
        try await withDatabase(configure) { database in
            try await database.withConnection { _ in
                await #expect(throws: PostgresError.timedOut(after: .milliseconds(100))) {
                    try await database.rows("SELECT 1")
                }
            }
            #expect(try await database.rows("SELECT 1").count == 1)
            #expect(database.health.acquireTimeouts == 1)
            #expect(database.health.waiting == 0)
        }
    }

    @Test("a cancelled task leaves the line")
    func leavesTheLine() async throws {
        try await withDatabase({ $0.maxConnections = 1 }) { database in
            try await database.withConnection { _ async throws in
                let waiting = Task { try await database.rows("SELECT 1") }
                #expect(try await eventually { database.health.waiting == 1 })
                waiting.cancel()
                await #expect(throws: PostgresError.cancelled) { try await waiting.value }
                #expect(database.health.waiting == 0)
            }
        }
    }

    @Test("many tasks share few connections")
    func shares() async throws {
        try await withDatabase { database in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<500 {
                    group.addTask { try await database.row("SELECT \(number) AS n")?("n", as: Int.self) ?? 0 }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 500 * 499 / 2)
            #expect(database.health.open <= 4)
            #expect(database.health.idle == database.health.open)
        }
    }

    @Test("a connection that died while idle is replaced unnoticed")
    func replacesTheDead() async throws {
        try await withDatabase { database in
            try await withDatabase(like: database) { other in
                let process = try await self.processes(database)
                #expect(
                    try await other.row("SELECT pg_terminate_backend(\(process ?? 0)::int, 5000) AS done")?("done")
                        == true)
                let next = try await self.processes(database)
                #expect(next != process)
                try await other.execute("SELECT pg_terminate_backend(\(next ?? 0)::int, 5000)")
                #expect(try await database.transaction { try await $0.rows("SELECT 1").count } == 1)
                #expect(database.health.open == 1)
            }
        }
    }

    @Test("a statement whose connection dies under it says so, and the next one works")
    func reportsLoss() async throws {
        try await withDatabase { database async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { transaction in
                    try await transaction.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            guard case .connectionLost = error else {
                Issue.record("\(String(describing: error)) is no loss of a connection")
                return
            }
            #expect(error?.isTransient == false)
            #expect(try await database.rows("SELECT 1").count == 1)
            #expect(database.health.open == 1)
        }
    }

    @Test("what will never work fails at once")
    func failsForGood() async throws {
        try await withTemporaryDatabase { url in
            for wrong in [url + "_absent", "postgresql://[", "host=/nowhere user"] {
                let database = Database(DatabaseConfiguration(url: wrong, acquireTimeout: .seconds(600)))
                let error = await #expect(throws: PostgresError.self) { try await database.rows("SELECT 1") }
                guard case .connectFailed(let reason) = error else {
                    Issue.record("\(String(describing: error)) is no failure to connect")
                    continue
                }
                #expect(!reason.isEmpty)
                await database.close()
            }
        }
    }

    @Test("a server that is not there is tried until the time is over")
    func triesAgain() async throws {
        let database = Database(
            DatabaseConfiguration(url: "host=/nonexistent dbname=x", acquireTimeout: .milliseconds(400)))
        let error = await #expect(throws: PostgresError.self) { try await database.rows("SELECT 1") }
        guard case .connectFailed = error else {
            Issue.record("\(String(describing: error)) is no failure to connect")
            return
        }
        #expect(database.health.failedConnects >= 2)
        #expect(database.health.open == 0)
        await database.close()
    }

    @Test("a closed database refuses, and close waits for what is under way")
    func closes() async throws {
        try await withTemporaryDatabase { url async throws in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 1))
            let sleeper = Task { try await database.execute("SELECT pg_sleep(0.2)") }
            #expect(try await eventually { database.health.connects == 1 })
            let waiting = Task { try await database.rows("SELECT 1") }
            #expect(try await eventually { database.health.waiting == 1 })
            await database.close()
            #expect(try await sleeper.value == 1)
            await #expect(throws: PostgresError.poolClosed) { try await waiting.value }
            await #expect(throws: PostgresError.poolClosed) { try await database.rows("SELECT 1") }
            #expect(database.health.open == 0)
            await database.close()
        }
    }

    @Test("the server knows our name, and keeps UTC")
    func setsUp() async throws {
        try await withDatabase({ $0.applicationName = "slipway test" }) { database in
            let row = try await database.row(
                """
                SELECT current_setting('application_name') AS name, current_setting('TimeZone') AS zone,
                       current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement
                """)
            #expect(try row?("name") == "slipway test")
            #expect(try row?("zone") == "UTC")
            #expect(try row?("lock") == "10s")
            #expect(try row?("statement") == "35s")
        }
    }
}

/// A second database object on the same database.
func withDatabase(like database: Database, _ body: (Database) async throws -> Void) async throws {
    let other = Database(database.configuration)
    do {
        try await body(other)
        await other.close()
    } catch {
        await other.close()
        throw error
    }
}
