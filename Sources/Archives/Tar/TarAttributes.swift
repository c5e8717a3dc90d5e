/// What extended headers say about the entry that follows them: those of pax and of GNU.
struct TarAttributes {
    private(set) var name: [UInt8]?
    private(set) var linkName: [UInt8]?
    private(set) var size: Int64?
    private(set) var isSparse = false

    /// Whether nothing is said that would change an entry.
    var isEmpty: Bool { self.name == nil && self.linkName == nil && self.size == nil && !self.isSparse }

    /// Takes in the `L` header of GNU.
    mutating func setName(_ field: [UInt8]) { self.name = Array(field.prefix { $0 != 0 }) }

    /// Takes in the `K` header of GNU.
    mutating func setLinkName(_ field: [UInt8]) { self.linkName = Array(field.prefix { $0 != 0 }) }

    /// Takes in the records of a pax header: `"%d %s=%s\n"`, where the number counts the whole record.
    ///
    /// - Returns: false when they are malformed.
    mutating func addRecords(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
                let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
                length > space - rest.startIndex + 1, length <= rest.count
            else { return false }
            let record = rest[(space + 1)..<(rest.startIndex + length)]
            rest = rest[(rest.startIndex + length)...]
            guard record.last == UInt8(ascii: "\n"), let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                return false
            }
            let value = record[(equals + 1)..<(record.endIndex - 1)]
            guard self.add(String(decoding: record[..<equals], as: UTF8.self), value) else { return false }
        }
        return true
    }

    private mutating func add(_ key: String, _ value: ArraySlice<UInt8>) -> Bool {
        switch key {
        case "path": self.name = Array(value)
        case "linkpath": self.linkName = Array(value)
        case "size":
            guard let size = Int64(String(decoding: value, as: UTF8.self)), size >= 0 else { return false }
            self.size = size
        default:
            if key.hasPrefix("GNU.sparse.") { self.isSparse = true }
        }
        return true
    }
}
