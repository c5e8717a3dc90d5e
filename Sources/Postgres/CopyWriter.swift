/// Writes rows for COPY, value by value, in the order of the columns: for bulk loads where a list of values for each row would
/// cost more than the row.
public struct CopyWriter: ~Copyable {
    var buffer = CopyBuffer()
    private var isRowOpen = false

    init() {}

    /// What is written so far, and not sent.
    var pending: Int { self.buffer.bytes.count }

    public mutating func add(_ number: some FixedWidthInteger & Sendable) {
        self.separate()
        self.buffer.appendDigits(Int64(number))
    }

    /// - Throws: ``PostgresError/server(_:)`` with 22021 for text with a NUL character.
    public mutating func add(_ text: String) throws(PostgresError) {
        self.separate()
        try self.buffer.append(text)
    }

    /// Text that is there as UTF-8 already.
    ///
    /// - Throws: ``PostgresError/server(_:)`` with 22021 for text with a NUL character.
    public mutating func add(utf8 text: [UInt8]) throws(PostgresError) {
        self.separate()
        try self.buffer.append(utf8: text)
    }

    public mutating func addNull() {
        self.separate()
        self.buffer.appendNull()
    }

    public mutating func endRow() {
        self.buffer.endRow()
        self.isRowOpen = false
    }

    private mutating func separate() {
        if self.isRowOpen { self.buffer.appendTab() }
        self.isRowOpen = true
    }
}
