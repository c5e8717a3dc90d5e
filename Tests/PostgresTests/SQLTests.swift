import Postgres
import Testing

@Suite("SQL")
struct SQLTests {
    @Test("interpolated values become parameters, never text")
    func makesParameters() {
        let sql: SQL = "SELECT \(1), \("x'; DROP TABLE game; --")"
        #expect(sql.text == "SELECT $1, $2")
        #expect(sql.parameters == [1.sqlValue, "x'; DROP TABLE game; --".sqlValue])
    }

    @Test("a piece of SQL inside another keeps its parameters, renumbered")
    func nests() {
        let filter: SQL = "a = \(2) OR b = \(3)"
        let sql: SQL = "SELECT \(1) WHERE \(filter) AND c = \(4)"
        #expect(sql.text == "SELECT $1 WHERE a = $2 OR b = $3 AND c = $4")
        #expect(sql.parameters == [1, 2, 3, 4].map(\.sqlValue))
    }

    @Test("pieces are joined with something between them")
    func joins() {
        let sql = SQL.joined(["a = \(1)", "b", "c = \(2)"], by: " AND ")
        #expect(sql.text == "a = $1 AND b AND c = $2")
        #expect(SQL.joined([], by: ", ").text == "")
    }

    @Test("trusted text goes in as it is, names are quoted")
    func quotes() {
        let sql: SQL = "SELECT * FROM \(identifier: #"ga"me"#) \(raw: "FOR UPDATE")"
        #expect(sql.text == #"SELECT * FROM "ga""me" FOR UPDATE"#)
        #expect(sql.parameters.isEmpty)
    }
}
