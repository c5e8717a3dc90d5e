import CLibArchive

/// Writes zips byte by byte, right or wrong as told.
struct ZipBytes {
    struct Entry {
        var name: [UInt8]
        var data: [UInt8] = []
        var mode: UInt32 = 0o100644
        var isDeflated = false
        var method: UInt16?
        var flags: UInt16 = 1 << 11
        var system: UInt16 = 3
        var hasDescriptor = false
        var isWide = false
        // What the directory says instead of the truth.
        var directoryName: [UInt8]?
        var checksum: UInt32?
        var directoryChecksum: UInt32?
        var size: UInt32?
        var directorySize: UInt32?
        var packed: [UInt8]?
        var extra: [UInt8] = []
        var directoryExtra: [UInt8] = []

        init(_ name: String, _ data: [UInt8] = [UInt8(ascii: "x")]) {
            self.name = Array(name.utf8)
            self.data = data
        }

        func with(_ change: (inout Entry) -> Void) -> Entry {
            var entry = self
            change(&entry)
            return entry
        }
    }

    var entries: [Entry]
    var prefix: [UInt8] = []
    var comment: [UInt8] = []
    var gap: [UInt8] = []
    var hasWideEnd = false
    var countOffset = 0

    init(_ entries: [Entry]) { self.entries = entries }

    init(_ names: String...) { self.entries = names.map { Entry($0) } }

    /// Where the parts begin, for tests that cut or overwrite.
    struct Parts {
        var bytes: [UInt8] = []
        var offsets: [Int] = []
        var directory = 0
        var end = 0
    }

    var bytes: [UInt8] { self.parts.bytes }

    var parts: Parts {
        var parts = Parts()
        parts.bytes = self.prefix
        for entry in self.entries {
            parts.offsets.append(parts.bytes.count - self.prefix.count)
            parts.bytes += Self.local(entry)
        }
        parts.bytes += self.gap
        parts.directory = parts.bytes.count
        for (entry, offset) in zip(self.entries, parts.offsets) { parts.bytes += Self.central(entry, offset) }
        let size = parts.bytes.count - parts.directory
        let start = parts.directory - self.prefix.count
        let count = self.entries.count + self.countOffset
        if self.hasWideEnd {
            let wideStart = parts.bytes.count - self.prefix.count
            parts.bytes += little(0x0606_4B50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
            parts.bytes += little(count, 8) + little(count, 8) + little(size, 8) + little(start, 8)
            parts.bytes += little(0x0706_4B50, 4) + little(0, 4) + little(wideStart, 8) + little(1, 4)
        }
        parts.end = parts.bytes.count
        parts.bytes += little(0x0605_4B50, 4) + little(0, 4)
        parts.bytes += self.hasWideEnd ? little(0xFFFF, 2) + little(0xFFFF, 2) : little(count, 2) + little(count, 2)
        parts.bytes +=
            self.hasWideEnd ? little(0xFFFF_FFFF, 4) + little(0xFFFF_FFFF, 4) : little(size, 4) + little(start, 4)
        parts.bytes += little(self.comment.count, 2) + self.comment
        return parts
    }

    private static func packed(_ entry: Entry) -> [UInt8] {
        entry.packed ?? (entry.isDeflated ? deflated(entry.data) : entry.data)
    }

    private static func common(_ entry: Entry, isLocal: Bool) -> [UInt8] {
        let packed = self.packed(entry)
        let method = entry.method ?? (entry.isDeflated ? 8 : 0)
        let flags = entry.flags | (entry.hasDescriptor ? 1 << 3 : 0)
        let isBlank = isLocal && entry.hasDescriptor
        let checksum = (isLocal ? nil : entry.directoryChecksum) ?? entry.checksum ?? crc(entry.data)
        let size = (isLocal ? nil : entry.directorySize) ?? entry.size ?? UInt32(entry.data.count)
        let sizes = entry.isWide ? [Int(UInt32.max), Int(UInt32.max)] : [packed.count, Int(size)]
        return little(20, 2) + little(Int(flags), 2) + little(Int(method), 2) + little(0, 4)
            + little(isBlank ? 0 : Int(checksum), 4)
            + little(isBlank ? 0 : sizes[0], 4) + little(isBlank ? 0 : sizes[1], 4)
    }

    private static func local(_ entry: Entry) -> [UInt8] {
        let packed = self.packed(entry)
        let wide =
            entry.isWide && !entry.hasDescriptor
            ? little(1, 2) + little(16, 2) + little(entry.data.count, 8) + little(packed.count, 8) : []
        let extra = wide + entry.extra
        var bytes = little(0x0403_4B50, 4) + self.common(entry, isLocal: true)
        bytes += little(entry.name.count, 2) + little(extra.count, 2) + entry.name + extra + packed
        if entry.hasDescriptor {
            let width = entry.isWide ? 8 : 4
            bytes += little(0x0807_4B50, 4) + little(Int(entry.checksum ?? crc(entry.data)), 4)
            bytes += little(packed.count, width) + little(Int(entry.size ?? UInt32(entry.data.count)), width)
        }
        return bytes
    }

    private static func central(_ entry: Entry, _ offset: Int) -> [UInt8] {
        let name = entry.directoryName ?? entry.name
        let wide =
            entry.isWide
            ? little(1, 2) + little(16, 2) + little(entry.data.count, 8) + little(self.packed(entry).count, 8) : []
        let extra = wide + entry.directoryExtra
        var bytes = little(0x0201_4B50, 4) + little(Int(entry.system << 8 | 20), 2)
        bytes += self.common(entry, isLocal: false)
        bytes += little(name.count, 2) + little(extra.count, 2) + little(0, 2) + little(0, 2) + little(0, 2)
        return bytes + little(Int(entry.mode << 16), 4) + little(offset, 4) + name + extra
    }
}

func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

func crc(_ bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: unsafe crc32_z(0, bytes, bytes.count))
}

/// Deflate, bare or as gzip.
func deflated(_ bytes: [UInt8], isGzip: Bool = false) -> [UInt8] {
    var stream = unsafe z_stream()
    _ = unsafe deflateInit2_(
        &stream, 6, Z_DEFLATED, isGzip ? 31 : -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    var input = bytes
    let capacity = Int(unsafe deflateBound(&stream, UInt(bytes.count))) + 64
    return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
        unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = UInt32(input.count)
            unsafe stream.next_out = output.baseAddress
            unsafe stream.avail_out = UInt32(capacity)
            _ = unsafe deflate(&stream, Z_FINISH)
        }
        count = unsafe capacity - Int(stream.avail_out)
        _ = unsafe deflateEnd(&stream)
    }
}
