/// One row of an answer.
///
/// Keeps the whole answer in memory as long as any of its rows lives; take out what you need.
public struct Row: Sendable {
    let result: ServerResult
    let index: Int

    /// Reads a column by its name; of several with one name, the first.
    ///
    /// - Throws: ``PostgresError/decoding(column:expected:got:)``, or ``PostgresError/unexpected(_:)`` when there is
    ///   no such column.
    public func decode<Value: SQLDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let position = self.result.column(named: column) else {
            throw .unexpected("no column \(column) among \(self.result.columnNames.joined(separator: ", "))")
        }
        return try self.decode(at: position, as: type)
    }

    /// Reads a column by its name: `let id: Int64 = try row("id")`.
    public func callAsFunction<Value: SQLDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        try self.decode(column, as: type)
    }

    /// Reads a column by its place, the first being 0: for answers of one column, and for hot loops.
    public func decode<Value: SQLDecodable>(
        at position: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard 0..<self.result.columnCount ~= position else {
            throw .unexpected("no column \(position) among \(self.result.columnCount)")
        }
        let text = self.result.text(row: self.index, column: position)
        guard let value = Value.decode(sqlText: text) else {
            throw .decoding(column: self.result.columnNames[position], expected: "\(type)", got: text)
        }
        return value
    }

    /// The columns' names, in order.
    public var columns: [String] { self.result.columnNames }

    /// Reads a whole number by its place, without a detour by text of our own: for hot loops.
    public func integer(at position: Int) throws(PostgresError) -> Int64 {
        guard let number = try self.optionalInteger(at: position) else {
            throw .decoding(column: self.result.columnNames[position], expected: "a number", got: nil)
        }
        return number
    }

    /// The same, nil for NULL.
    public func optionalInteger(at position: Int) throws(PostgresError) -> Int64? {
        switch self.result.integer(row: self.index, column: position) {
        case .null: return nil
        case .number(let number): return number
        case .other:
            throw .decoding(
                column: self.result.columnNames[position], expected: "a number",
                got: self.result.text(row: self.index, column: position))
        }
    }

    /// Reads text by its place: for hot loops.
    public func text(at position: Int) throws(PostgresError) -> String {
        guard let text = self.result.text(row: self.index, column: position) else {
            throw .decoding(column: self.result.columnNames[position], expected: "text", got: nil)
        }
        return text
    }

    /// Whether a column is NULL.
    public func isNull(at position: Int) -> Bool { self.result.isNull(row: self.index, column: position) }
}
