import Content

/// The bytes that stand before an entry's content in a tar archive.
///
/// POSIX.1-2017, pax: a ustar header, and before it a pax extended header for whatever ustar cannot say. Everything
/// that is not content (owner, time) is fixed, so that the same tree gives the same bytes everywhere.
enum TarHeader {
    /// Every header and every content is padded to whole blocks.
    static let blockSize: Int64 = 512

    /// 1980-01-01 in UTC: the earliest time that zip and every tar take without a word.
    private static let time: Int64 = 315_532_800

    /// Sizes that eleven octal digits do not hold are told by pax.
    private static let sizeLimit: Int64 = 1 << 33

    private static let fieldLimit = 100

    /// Bytes that ``bytes(of:)`` gives; a multiple of 512.
    static func length(of entry: TarEntry) -> Int64 {
        let records = self.records(of: entry)
        guard !records.isEmpty else { return self.blockSize }
        return 2 * self.blockSize + self.padded(Int64(records.count))
    }

    static func bytes(of entry: TarEntry) -> [UInt8] {
        let records = self.records(of: entry)
        var bytes: [UInt8] = []
        if !records.isEmpty {
            // The name is never used; it is the one that Python's tarfile writes.
            bytes += self.block(
                name: Array("././@PaxHeader".utf8), permissions: 0o644, size: Int64(records.count), type: "x",
                target: [])
            bytes += records
            bytes += [UInt8](repeating: 0, count: Int(self.padded(Int64(records.count))) - records.count)
        }
        bytes += self.block(
            name: self.name(of: entry), permissions: entry.permissions,
            size: entry.size < self.sizeLimit ? entry.size : 0, type: entry.type, target: entry.target)
        return bytes
    }

    /// `size` and what it takes to fill its last block.
    static func padded(_ size: Int64) -> Int64 { (size + self.blockSize - 1) / self.blockSize * self.blockSize }

    private static func name(of entry: TarEntry) -> [UInt8] {
        entry.path.bytes + (entry.content == .directory ? [UInt8(ascii: "/")] : [])
    }

    // MARK: pax

    /// The pax records an entry needs; empty when ustar says it all.
    private static func records(of entry: TarEntry) -> [UInt8] {
        var records: [UInt8] = []
        let name = self.name(of: entry)
        if !self.fits(name) { records += self.record("path", name) }
        if !self.fits(entry.target) { records += self.record("linkpath", entry.target) }
        if entry.size >= self.sizeLimit { records += self.record("size", Array(String(entry.size).utf8)) }
        return records
    }

    /// Whether ustar can say the text.
    ///
    /// Beyond ASCII it leaves the encoding open, where pax says UTF-8.
    private static func fits(_ text: [UInt8]) -> Bool { text.count <= self.fieldLimit && text.allSatisfy { $0 < 0x80 } }

    /// `"LENGTH KEY=VALUE\n"`, where the length counts its own digits.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = key.utf8.count + value.count + 3
        var length = rest + String(rest).utf8.count
        if rest + String(length).utf8.count != length { length = rest + String(length).utf8.count }
        return Array("\(length) \(key)=".utf8) + value + [UInt8(ascii: "\n")]
    }

    // MARK: ustar

    private static func block(
        name: [UInt8], permissions: Int64, size: Int64, type: Character, target: [UInt8]
    ) -> [UInt8] {
        var block: [UInt8] = []
        block.reserveCapacity(Int(self.blockSize))
        block += self.field(name, width: self.fieldLimit)
        block += self.octal(permissions, width: 8)
        block += self.octal(0, width: 8)
        block += self.octal(0, width: 8)
        block += self.octal(size, width: 12)
        block += self.octal(self.time, width: 12)
        let checksum = block.count
        block += [UInt8](repeating: UInt8(ascii: " "), count: 8)
        block.append(type.asciiValue ?? 0)
        block += self.field(target, width: self.fieldLimit)
        block += Array("ustar\u{0}00".utf8)
        block += [UInt8](repeating: 0, count: 64)
        block += self.octal(0, width: 8)
        block += self.octal(0, width: 8)
        block += [UInt8](repeating: 0, count: Int(self.blockSize) - block.count)

        // The sum of all bytes, its own field taken as spaces: six digits, NUL, space.
        let sum = block.reduce(into: Int64(0)) { $0 += Int64($1) }
        block.replaceSubrange(checksum..<checksum + 7, with: self.octal(sum, width: 7))
        return block
    }

    private static func field(_ text: [UInt8], width: Int) -> [UInt8] {
        let kept = text.prefix(width)
        return Array(kept) + [UInt8](repeating: 0, count: width - kept.count)
    }

    /// Octal digits with leading zeros, and a NUL.
    private static func octal(_ value: Int64, width: Int) -> [UInt8] {
        let digits = String(value, radix: 8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, width - 1 - digits.utf8.count)) + Array(digits.utf8)
            + [0]
    }
}
