/// One 512-byte header of a tar archive (POSIX.1-2017 "ustar Interchange Format", and GNU's variant).
struct TarHeader {
    static let length = 512

    let name: [UInt8]
    let linkName: [UInt8]
    let permissions: UInt32
    let size: Int64
    let type: UInt8

    /// Whether a block has the checksum of a header.
    static func isHeader(_ block: [UInt8]) -> Bool {
        guard block.count >= self.length, let sum = self.number(block[148..<156]) else { return false }
        return self.checksums(block).contains(sum)
    }

    static func isZero(_ block: some Sequence<UInt8>) -> Bool { block.allSatisfy { $0 == 0 } }

    /// - Parameter block: ``length`` bytes.
    /// - Returns: nil when the block is no header.
    init?(_ block: [UInt8]) {
        guard Self.isHeader(block), let size = Self.number(block[124..<136]), size >= 0 else { return nil }
        let name = Self.text(block[0..<100])
        // Only POSIX has a prefix; GNU keeps times in its place, behind another magic.
        let prefix = block[257..<263].elementsEqual("ustar\0".utf8) ? Self.text(block[345..<500]) : []
        self.name = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
        self.linkName = Self.text(block[157..<257])
        self.permissions = UInt32(truncatingIfNeeded: (Self.number(block[100..<108]) ?? 0) & 0o7777)
        self.size = size
        self.type = block[156]
    }

    /// A field up to its first NUL.
    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits among spaces and NULs; or, with the highest bit set, a big-endian number as GNU writes it.
    private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            guard first == 0x80, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
            let value = field.suffix(min(8, field.count - 1)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Int64(exactly: value)
        }
        let digits = field.drop { $0 == UInt8(ascii: " ") }
            .prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        var value: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value << 3 | Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// The sum of all bytes with the checksum's own as spaces: unsigned as the standard says, signed as some write it.
    private static func checksums(_ block: [UInt8]) -> [Int64] {
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for index in 0..<self.length {
            let byte = (148..<156).contains(index) ? UInt8(ascii: " ") : block[index]
            unsigned += Int64(byte)
            signed += Int64(Int8(bitPattern: byte))
        }
        return [unsigned, signed]
    }
}
