import FoundationEssentials
import Postgres
import TestKit
import Testing

@Suite("Pipelines and COPY")
struct PipelineAndCopyTests {
    @Test("a pipeline gives the rows of each statement, in order, again and again")
    func pipelines() async throws {
        try await withDatabase { database in
            try await database.withConnection { connection in
                for round in 0..<3 {
                    let statements = (0..<500).map { "SELECT \($0 + round) AS n WHERE \($0) % 2 = 0" as SQL }
                    let rows = try await connection.pipeline(statements)
                    #expect(rows.count == 500)
                    #expect(rows[10].count == 1)
                    #expect(try rows[10][0]("n") == 10 + round)
                    #expect(rows[11].isEmpty)
                }
                #expect(try await connection.pipeline([]).isEmpty)
            }
        }
    }

    @Test("an error in the middle undoes the pipeline, and leaves the connection usable")
    func pipelineFails() async throws {
        try await withDatabase({ $0.maxConnections = 1 }) { database in
            try await database.execute("CREATE TABLE number (n int PRIMARY KEY)")
            for _ in 0..<3 {
                try await database.withConnection { connection async throws in
                    let insert = { (number: Int) in "INSERT INTO number VALUES (\(number))" as SQL }
                    let error = await #expect(throws: PostgresError.self) {
                        try await connection.pipeline([
                            insert(1), insert(2), insert(1), insert(3), "SELECT * FROM absent",
                        ])
                    }
                    #expect(error?.sqlState == .uniqueViolation)
                    #expect(try await connection.rows("SELECT * FROM number").isEmpty)
                    #expect(
                        try await connection.pipeline(["SELECT \(1) AS n", "SELECT \(2) AS n"]).map(\.count) == [1, 1])
                }
            }
            #expect(database.health.connects == 1)
        }
    }

    @Test("groups of a pipeline are transactions of their own: one that fails takes none of the others with it")
    func groups() async throws {
        try await withDatabase({ $0.maxConnections = 1 }) { database in
            try await database.execute("CREATE TABLE number (n int PRIMARY KEY)")
            for round in 0..<3 {
                let insert = { (number: Int) in "INSERT INTO number VALUES (\(number + round * 10)) RETURNING n" as SQL
                }
                let answer = try await database.withConnection { connection throws(PostgresError) in
                    try await connection.pipeline(
                        groups: [[insert(1)], [insert(2), insert(1), insert(3)], [insert(4), insert(5)]],
                        timesCommit: round > 0)
                }
                #expect(try answer.groups[0].get().map(\.count) == [1])
                let error = #expect(throws: PostgresError.self) { try answer.groups[1].get() }
                #expect(error?.sqlState == .uniqueViolation)
                #expect(try answer.groups[2].get().map(\.count) == [1, 1])
                #expect((answer.commit != nil) == (round > 0))
                #expect(try await database.rows("SELECT * FROM number").count == 3 * (round + 1))
            }
            #expect(database.health.connects == 1)
        }
    }

    @Test("a pipeline in a transaction belongs to it")
    func pipelinesInTransaction() async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TABLE number (n int PRIMARY KEY)")
            try await database.transaction { transaction in
                _ = try await transaction.pipeline((0..<100).map { "INSERT INTO number VALUES (\($0))" })
            }
            await #expect(throws: PostgresError.self) {
                try await database.transaction { transaction in
                    _ = try await transaction.pipeline([
                        "INSERT INTO number VALUES (200)", "INSERT INTO number VALUES (0)",
                    ])
                }
            }
            #expect(try await database.row("SELECT count(*) AS n, max(n) AS last FROM number")?("n") == 100)
        }
    }

    @Test("a pipeline larger than any buffer goes through", .timeLimit(.minutes(1)))
    func pipelinesMuch() async throws {
        try await withDatabase { database in
            let text = String(repeating: "x", count: 200_000)
            try await database.withConnection { connection in
                let rows = try await connection.pipeline((0..<40).map { _ in "SELECT \(text)::text AS t" })
                #expect(try rows.allSatisfy { try $0[0]("t", as: String.self).utf8.count == 200_000 })
            }
        }
    }

    @Test("COPY takes 100,000 rows with odd characters")
    func copies() async throws {
        try await withDatabase { database in
            try await database.execute(
                #"CREATE TABLE "od""d" (id bigint, "te""xt" text, bytes bytea, flag boolean, tags text[])"#)
            let odd = ["", "\\", "\\.", "\\N", "a\tb", "a\nb", "a\r\nb", "\"quoted\"", "é\u{1F3AE}", "\u{1}\u{7F}"]
            let count = try await database.transaction { transaction in
                try await transaction.copy(
                    into: #""od""d""#, columns: ["id", "te\"xt", "bytes", "flag", "tags"],
                    rows: (0..<100_000).lazy.map { number -> [any SQLEncodable] in
                        [
                            number, odd[number % odd.count], [UInt8(truncatingIfNeeded: number), 0, 92],
                            number % 3 == 0 ? nil : true as Bool?, [odd[number % odd.count], "x"],
                        ]
                    })
            }
            #expect(count == 100_000)
            for row in try await database.rows(#"SELECT * FROM "od""d" WHERE id % 997 < 10 ORDER BY id"#) {
                let number: Int = try row("id")
                #expect(try row("te\"xt") == odd[number % odd.count])
                #expect(try row("bytes") == [UInt8(truncatingIfNeeded: number), 0, 92])
                #expect(try row("flag") == (number % 3 == 0 ? nil : true as Bool?))
                #expect(try row("tags") == [odd[number % odd.count], "x"])
            }
            #expect(try await database.row(#"SELECT count(*) AS n FROM "od""d""#)?("n") == 100_000)
        }
    }

    @Test("a COPY that fails leaves nothing behind, and the connection usable")
    func copyFails() async throws {
        try await withDatabase({ $0.maxConnections = 1 }) { database in
            try await database.execute("CREATE TABLE number (n int PRIMARY KEY)")
            try await database.withConnection { connection async throws in
                let duplicate = await #expect(throws: PostgresError.self) {
                    try await connection.copy(
                        into: "number", columns: ["n"], rows: (0..<50_000).lazy.map { [$0 % 49_000] })
                }
                #expect(duplicate?.sqlState == .uniqueViolation)
                let absent = await #expect(throws: PostgresError.self) {
                    try await connection.copy(into: "absent", columns: ["n"], rows: [[1]])
                }
                #expect(absent?.sqlState == .undefinedTable)
                await #expect(throws: PostgresError.unexpected("a row of 2 for 1 columns")) {
                    try await connection.copy(into: "number", columns: ["n"], rows: [[1], [2, 3]])
                }
                #expect(try await connection.rows("SELECT * FROM number").isEmpty)
                #expect(try await connection.copy(into: "number", columns: ["n"], rows: []) == 0)
            }
            #expect(database.health.connects == 1)
        }
    }
}
