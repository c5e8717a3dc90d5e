import FoundationEssentials
import Postgres
import TestKit
import Testing

@Suite("Transactions")
struct TransactionTests {
    private struct Failure: Error {}

    private func withNumbers(_ body: (Database) async throws -> Void) async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TABLE number (n int PRIMARY KEY)")
            try await body(database)
        }
    }

    private func numbers(_ database: Database) async throws -> [Int] {
        try await database.rows("SELECT n FROM number ORDER BY n").map { try $0("n", as: Int.self) }
    }

    @Test("what returns is committed, what throws is undone")
    func commitsAndRollsBack() async throws {
        try await self.withNumbers { database in
            let value = try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO number VALUES (1)")
                return 7
            }
            #expect(value == 7)
            await #expect(throws: Failure.self) {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO number VALUES (2)")
                    throw Failure()
                }
            }
            #expect(try await self.numbers(database) == [1])
            #expect(database.health.open == 1)
        }
    }

    @Test("a transaction whose task is cancelled is undone, even when its body returns")
    func rollsBackWhenCancelled() async throws {
        try await self.withNumbers { database async throws in
            let task = Task {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO number VALUES (1)")
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                }
            }
            await #expect(throws: PostgresError.cancelled) { try await task.value }
            #expect(try await self.numbers(database) == [])
        }
    }

    @Test("an error that the body keeps to itself is thrown by the transaction")
    func reportsSwallowedErrors() async throws {
        try await self.withNumbers { database async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO number VALUES (1)")
                    _ = try? await transaction.execute("INSERT INTO number VALUES (1)")
                }
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(try await self.numbers(database) == [])
        }
    }

    @Test("a savepoint undoes its own part only")
    func savepoints() async throws {
        try await self.withNumbers { database in
            try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO number VALUES (1)")
                await #expect(throws: PostgresError.self) {
                    try await transaction.savepoint {
                        try await transaction.execute("INSERT INTO number VALUES (2)")
                        try await transaction.savepoint {
                            _ = try await transaction.execute("INSERT INTO number VALUES (3)")
                        }
                        try await transaction.execute("INSERT INTO number VALUES (1)")
                    }
                }
                try await transaction.execute("INSERT INTO number VALUES (4)")
            }
            #expect(try await self.numbers(database) == [1, 4])
        }
    }

    @Test("transactions that cannot be put in an order are run again")
    func retries() async throws {
        try await self.withNumbers { database in
            try await database.execute("INSERT INTO number VALUES (0)")
            await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await database.retryingTransaction(.serializable, attempts: 50) { transaction in
                            let number =
                                try await transaction.row("SELECT max(n) AS n FROM number")?("n", as: Int.self) ?? 0
                            try await transaction.execute("INSERT INTO number VALUES (\(number + 1))")
                        }
                    }
                }
                while let result = await group.nextResult() {
                    // Two that insert the same number may also be told so.
                    if case .failure(let error as PostgresError) = result {
                        #expect(error.sqlState == .uniqueViolation)
                    }
                }
            }
            let numbers = try await self.numbers(database)
            #expect(numbers == Array(0..<numbers.count))
        }
    }

    @Test("a wait for a lock ends after the lock timeout")
    func lockTimeout() async throws {
        try await withDatabase({ $0.lockTimeout = .milliseconds(50) }) { database in
            try await database.execute("CREATE TABLE number (n int)")
            try await database.transaction { transaction in
                try await transaction.execute("LOCK TABLE number")
                let error = await #expect(throws: PostgresError.self) {
                    try await database.rows("SELECT * FROM number")
                }
                #expect(error?.sqlState == .lockNotAvailable)
                #expect(error?.isTransient == true)
            }
        }
    }

    @Test("a transaction kept beyond its end is refused")
    func refusesLateUse() async throws {
        try await self.withNumbers { database in
            let kept = try await database.transaction { $0 }
            await #expect(throws: PostgresError.unexpected("a connection was used after it had been given back")) {
                try await kept.execute("INSERT INTO number VALUES (1)")
            }
        }
    }

    @Test("what withConnection leaves open is rolled back")
    func cleansUp() async throws {
        try await withDatabase({ $0.maxConnections = 1 }) { database in
            try await database.execute("CREATE TABLE number (n int)")
            try await database.withConnection { connection in
                try await connection.execute("BEGIN")
                try await connection.execute("INSERT INTO number VALUES (1)")
            }
            #expect(try await database.rows("SELECT * FROM number").isEmpty)
        }
    }

    @Test("the body runs on the connection's thread")
    func runsOnThread() async throws {
        try await withDatabase { database in
            let names = try await database.transaction { transaction in
                let before = currentThreadName()
                _ = try await transaction.rows("SELECT 1")
                return [before, currentThreadName()]
            }
            #expect(names == ["pg-1", "pg-1"])
        }
    }

    @Test("the body of an actor stays on the actor")
    @MainActor func staysOnActor() async throws {
        try await withDatabase { database in
            try await database.transaction { transaction in
                MainActor.assertIsolated()
                _ = try await transaction.rows("SELECT 1")
                MainActor.assertIsolated()
            }
        }
    }
}

private func currentThreadName() -> String {
    let text = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return String((text ?? "").dropLast())
}
