/// Rows in the text format of COPY (PostgreSQL manual, COPY, "Text Format").
struct CopyBuffer {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { self.bytes.removeAll(keepingCapacity: true) }

    /// - Throws: ``PostgresError/server(_:)`` with 22021 for text with a NUL character.
    mutating func append(_ row: [any SQLEncodable]) throws(PostgresError) {
        var isFirst = true
        for value in row {
            if !isFirst { self.bytes.append(UInt8(ascii: "\t")) }
            isFirst = false
            switch value.sqlValue.content {
            case .null: self.bytes += [UInt8(ascii: "\\"), UInt8(ascii: "N")]
            case .text(let text): try self.append(text)
            case .bytes(let content):
                self.bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\\"), UInt8(ascii: "x")]
                HexadecimalText.append(content, to: &self.bytes)
            }
        }
        self.bytes.append(UInt8(ascii: "\n"))
    }

    mutating func appendTab() { self.bytes.append(UInt8(ascii: "\t")) }

    mutating func endRow() { self.bytes.append(UInt8(ascii: "\n")) }

    mutating func appendNull() { self.bytes += [UInt8(ascii: "\\"), UInt8(ascii: "N")] }

    mutating func appendDigits(_ number: Int64) {
        if number < 0 { self.bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = self.bytes.count
        repeat {
            self.bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self.bytes[start...].reverse()
    }

    mutating func append(_ text: String) throws(PostgresError) {
        let start = self.bytes.count
        self.bytes.append(contentsOf: text.utf8)
        try self.escape(from: start)
    }

    mutating func append(utf8 text: [UInt8]) throws(PostgresError) {
        let start = self.bytes.count
        self.bytes.append(contentsOf: text)
        try self.escape(from: start)
    }

    /// Most text needs no escapes.
    private mutating func escape(from start: Int) throws(PostgresError) {
        guard let place = self.bytes[start...].firstIndex(where: Self.isSpecial) else { return }
        try self.rewrite(from: place)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool { byte < 0x20 || byte == UInt8(ascii: "\\") }

    private mutating func rewrite(from place: Int) throws(PostgresError) {
        let plain = Array(self.bytes[place...])
        self.bytes.removeSubrange(place...)
        for byte in plain {
            switch byte {
            case 0: throw .server(.nulInText)
            case UInt8(ascii: "\\"): self.bytes += [byte, byte]
            case UInt8(ascii: "\n"): self.bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\r"): self.bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case UInt8(ascii: "\t"): self.bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            default: self.bytes.append(byte)
            }
        }
    }
}
