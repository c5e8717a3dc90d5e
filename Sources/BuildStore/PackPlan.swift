public import Content

/// The new chunks that one pack will hold, and where their bytes are to be found in staging.
public struct PackPlan: Equatable, Sendable {
    /// One chunk to be stored.
    public struct Entry: Hashable, Sendable {
        public let digest: Digest
        /// The number of a file that holds it.
        public let file: Int
        public let offset: Int64
        public let length: Int

        public init(digest: Digest, file: Int, offset: Int64, length: Int) {
            self.digest = digest
            self.file = file
            self.offset = offset
            self.length = length
        }
    }

    static let recordLength = 48

    public let number: Int
    public let entries: [Entry]

    public init(number: Int, entries: [Entry]) {
        self.number = number
        self.entries = entries
    }

    /// Bytes of content.
    public var size: Int64 { self.entries.reduce(0) { $0 + Int64($1.length) } }

    /// - Returns: nil when the bytes are not whole records.
    init?(number: Int, decoding bytes: [UInt8]) {
        guard bytes.count.isMultiple(of: Self.recordLength) else { return nil }
        var reader = ByteReader(bytes)
        var entries: [Entry] = []
        entries.reserveCapacity(bytes.count / Self.recordLength)
        while reader.remaining > 0 {
            guard let digest = try? reader.readDigest(), let file = try? reader.readFixed(as: UInt32.self),
                let offset = try? reader.readFixed(as: Int64.self), let length = try? reader.readFixed(as: UInt32.self)
            else { return nil }
            entries.append(Entry(digest: digest, file: Int(file), offset: offset, length: Int(length)))
        }
        self.init(number: number, entries: entries)
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.reserve(self.entries.count * Self.recordLength)
        for entry in self.entries {
            writer.write(entry.digest)
            writer.write(fixed: UInt32(entry.file))
            writer.write(fixed: entry.offset)
            writer.write(fixed: UInt32(entry.length))
        }
        return writer.bytes
    }
}
