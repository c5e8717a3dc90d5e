/// A statement, or a piece of one, with its parameters.
///
/// Written as a literal: every interpolated value becomes a parameter (`$1`), never text. A piece of SQL interpolated
/// into another keeps its parameters; trusted text goes in by `\(raw: "…")`, a name by `\(identifier: name)`.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// One more than there are parameters: parameter n stands between fragments n and n + 1.
    private var fragments: [String]
    public private(set) var parameters: [SQLValue]

    public init(stringLiteral text: String) {
        self.fragments = [text]
        self.parameters = []
    }

    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

    /// - Parameter text: trusted text that is not a literal in the source: a migration from a file, for one.
    public init(trusted text: String) { self.init(stringLiteral: text) }

    /// What is sent: `$1`, `$2`… where the parameters stand.
    public var text: String {
        guard self.fragments.count > 1 else { return self.fragments[0] }
        var text = self.fragments[0]
        for index in 1..<self.fragments.count {
            text += "$"
            text += String(index)
            text += self.fragments[index]
        }
        return text
    }

    /// Pieces with something between them; empty when there are none.
    public static func joined(_ pieces: [SQL], by separator: StaticString) -> SQL {
        var sql = SQL(stringLiteral: "")
        for (index, piece) in pieces.enumerated() {
            if index > 0 { sql.append(text: separator.description) }
            sql.append(piece)
        }
        return sql
    }

    fileprivate mutating func append(text: String) { self.fragments[self.fragments.count - 1] += text }

    fileprivate mutating func append(parameter: SQLValue) {
        self.parameters.append(parameter)
        self.fragments.append("")
    }

    fileprivate mutating func append(_ other: SQL) {
        self.append(text: other.fragments[0])
        self.fragments += other.fragments.dropFirst()
        self.parameters += other.parameters
    }

    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var sql = SQL(stringLiteral: "")

        public init(literalCapacity: Int, interpolationCount: Int) {
            self.sql.fragments.reserveCapacity(interpolationCount + 1)
            self.sql.parameters.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { self.sql.append(text: literal) }

        public mutating func appendInterpolation(_ value: some SQLEncodable) {
            self.sql.append(parameter: value.sqlValue)
        }

        /// Nil becomes NULL.
        public mutating func appendInterpolation<Value: SQLEncodable>(_ value: Value?) {
            self.sql.append(parameter: value.sqlValue)
        }

        public mutating func appendInterpolation(_ value: SQLValue) { self.sql.append(parameter: value) }

        public mutating func appendInterpolation(_ piece: SQL) { self.sql.append(piece) }

        public mutating func appendInterpolation(raw text: StaticString) { self.sql.append(text: text.description) }

        /// A name of a table, column, channel or database, quoted.
        public mutating func appendInterpolation(identifier name: String) {
            self.sql.append(text: SQL.quoted(name))
        }
    }

    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
