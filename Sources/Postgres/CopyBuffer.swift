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
        for byte in text.utf8 {
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
