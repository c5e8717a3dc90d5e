import Postgres
import TestKit
import Testing

@Suite("Statements")
struct StatementTests {
    @Test("errors carry SQLSTATE, constraint, table and column")
    func errorsTell() async throws {
        try await withDatabase { database in
            try await database.execute(
                """
                CREATE TABLE game (
                    id int CONSTRAINT game_key PRIMARY KEY, price int NOT NULL CONSTRAINT fair CHECK (price > 0))
                """
            )
            try await database.execute("INSERT INTO game VALUES (1, 1)")
            let cases: [(SQL, SQLState, String?, String?)] = [
                ("INSERT INTO game VALUES (1, 1)", .uniqueViolation, "game_key", nil),
                ("INSERT INTO game VALUES (2, 0)", .checkViolation, "fair", nil),
                ("INSERT INTO game VALUES (2, NULL)", .notNullViolation, nil, "price"),
                ("SELECT * FROM absent", .undefinedTable, nil, nil),
                ("SELEC", .syntaxError, nil, nil),
                ("SELECT \("x")::int", .invalidTextRepresentation, nil, nil),
            ]
            for (sql, state, constraint, column) in cases {
                let error = await #expect(throws: PostgresError.self) { try await database.execute(sql) }
                guard case .server(let fault) = error else {
                    Issue.record("\(String(describing: error)) is no answer of the server")
                    continue
                }
                #expect(fault.sqlState == state)
                #expect(fault.constraint == constraint)
                #expect(fault.column == column)
                #expect(!fault.message.isEmpty)
                if constraint != nil { #expect(fault.table == "game") }
            }
        }
    }

    @Test("the number of rows is what was inserted, changed or deleted")
    func countsRows() async throws {
        try await withDatabase { database async throws in
            #expect(try await database.execute("CREATE TABLE number (n int)") == 0)
            #expect(try await database.execute("INSERT INTO number SELECT generate_series(1, \(10))") == 10)
            #expect(try await database.execute("UPDATE number SET n = n + 1 WHERE n > \(7)") == 3)
            #expect(try await database.execute("DELETE FROM number") == 10)
            #expect(try await database.rows("SELECT * FROM number").isEmpty)
        }
    }

    @Test("a cancelled task's statement is cancelled on the server, and the connection is used again")
    func cancels() async throws {
        try await withDatabase({ $0.maxConnections = 1 }) { database in
            let process = try await database.row("SELECT pg_backend_pid() AS pid")?("pid", as: Int.self)
            let sleeper = Task { try await database.execute("SELECT pg_sleep(600)") }
            #expect(try await eventually { database.health.idle == 0 })
            sleeper.cancel()
            await #expect(throws: PostgresError.cancelled) { try await sleeper.value }
            #expect(try await database.row("SELECT pg_backend_pid() AS pid")?("pid", as: Int.self) == process)
        }
    }

    @Test("a task that is cancelled already sends nothing")
    func sendsNothing() async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TABLE number (n int)")
            let task = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                try await database.execute("INSERT INTO number VALUES (1)")
            }
            await #expect(throws: PostgresError.cancelled) { try await task.value }
            #expect(try await database.rows("SELECT * FROM number").isEmpty)
        }
    }

    @Test("a statement that takes too long is cancelled on the server, and the connection is used again")
    func timesOut() async throws {
        let configure = { (configuration: inout DatabaseConfiguration) in
            configuration.maxConnections = 1
            configuration.statementTimeout = .milliseconds(100)
        }
        try await withDatabase(configure) { database in
            let process = try await database.row("SELECT pg_backend_pid() AS pid")?("pid", as: Int.self)
            await #expect(throws: PostgresError.timedOut(after: .milliseconds(100))) {
                try await database.execute("SELECT pg_sleep(600)")
            }
            #expect(try await database.row("SELECT pg_backend_pid() AS pid")?("pid", as: Int.self) == process)
        }
    }

    @Test("more statements than are remembered are prepared and deallocated in turn")
    func evictsStatements() async throws {
        try await withDatabase({ $0.maxConnections = 1 }) { database in
            for _ in 0..<2 {
                for number in 0..<300 {
                    for _ in 0..<2 {
                        let sql = SQL(trusted: "SELECT \(number) AS n")
                        #expect(try await database.row(sql)?("n") == number)
                    }
                }
            }
            let row = try await database.row("SELECT count(*) AS count FROM pg_prepared_statements")
            let count = try row?("count", as: Int.self) ?? 0
            #expect(count > 200)
            #expect(count <= 256)
        }
    }

    @Test("a prepared statement survives a change of its table")
    func survivesSchemaChange() async throws {
        try await withDatabase({ $0.maxConnections = 1 }) { database in
            try await database.execute("CREATE TABLE game (id int)")
            try await database.execute("INSERT INTO game VALUES (1)")
            for _ in 0..<3 { #expect(try await database.row("SELECT * FROM game")?.columns == ["id"]) }
            try await database.execute("ALTER TABLE game ADD COLUMN title text")
            for _ in 0..<3 { #expect(try await database.row("SELECT * FROM game")?.columns == ["id", "title"]) }
            try await database.execute("DEALLOCATE ALL")
            for _ in 0..<3 { #expect(try await database.row("SELECT * FROM game")?.columns == ["id", "title"]) }
        }
    }

    @Test("everything works without prepared statements, as behind a transaction pooler")
    func worksUnprepared() async throws {
        try await withDatabase({ $0.preparedStatements = false }) { database in
            for number in 0..<5 { #expect(try await database.row("SELECT \(number) AS n")?("n") == number) }
            let limit = try await database.transaction { transaction in
                try await transaction.row("SELECT current_setting('lock_timeout') AS limit")?("limit", as: String.self)
            }
            #expect(limit == "10s")
            #expect(try await database.row("SELECT count(*) AS n FROM pg_prepared_statements")?("n") == 0)
        }
    }

    @Test("COPY by hand is refused, and does not hang", .timeLimit(.minutes(1)))
    func refusesRawCopy() async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TABLE number (n int)")
            for sql in ["COPY number FROM STDIN", "COPY number TO STDOUT"] as [SQL] {
                await #expect(throws: PostgresError.self) { try await database.execute(sql) }
            }
            #expect(try await database.row("SELECT 1 AS one")?("one") == 1)
        }
    }
}
