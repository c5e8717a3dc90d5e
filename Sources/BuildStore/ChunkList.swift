public import Content

/// The chunks of a file, in file order, as one compact column holds them: 36 bytes each, digest and big-endian length.
public struct ChunkList: Equatable, Sendable {
    /// One chunk of a file.
    public struct Element: Hashable, Sendable {
        public let digest: Digest
        public let length: Int

        public init(digest: Digest, length: Int) {
            self.digest = digest
            self.length = length
        }
    }

    static let recordLength = 36

    public var elements: [Element]

    public init(_ elements: [Element]) { self.elements = elements }

    /// - Returns: nil when the bytes are not whole records.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count.isMultiple(of: Self.recordLength) else { return nil }
        var reader = ByteReader(bytes)
        var elements: [Element] = []
        elements.reserveCapacity(bytes.count / Self.recordLength)
        while reader.remaining > 0 {
            guard let digest = try? reader.readDigest(), let length = try? reader.readFixed(as: UInt32.self) else {
                return nil
            }
            elements.append(Element(digest: digest, length: Int(length)))
        }
        self.elements = elements
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.reserve(self.elements.count * Self.recordLength)
        for element in self.elements {
            writer.write(element.digest)
            writer.write(fixed: UInt32(element.length))
        }
        return writer.bytes
    }
}
