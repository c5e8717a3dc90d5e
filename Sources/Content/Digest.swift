/// A SHA-256: 32 bytes that name content.
///
/// Written as 64 lower-case hexadecimal digits wherever a person or JSON sees it. Ordered by its bytes.
public struct Digest: Hashable, Sendable {
    /// Bytes in a digest.
    public static let length = 32

    // Big-endian words, so that comparing words compares bytes.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// - Parameter bytes: exactly 32.
    public init(bytes: [UInt8]) {
        self.init(bytes.span)
    }

    /// - Parameter bytes: exactly 32.
    public init(_ bytes: Span<UInt8>) {
        precondition(bytes.count == Self.length, "a digest has 32 bytes, not \(bytes.count)")
        self.first = Self.word(bytes, at: 0)
        self.second = Self.word(bytes, at: 8)
        self.third = Self.word(bytes, at: 16)
        self.fourth = Self.word(bytes, at: 24)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.length)
        for word in [self.first, self.second, self.third, self.fourth] {
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes
    }

    private static func word(_ bytes: Span<UInt8>, at start: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
        return value
    }
}

extension Digest: Comparable {
    public static func < (left: Digest, right: Digest) -> Bool {
        (left.first, left.second, left.third, left.fourth) < (right.first, right.second, right.third, right.fourth)
    }
}

extension Digest: LosslessStringConvertible {
    /// - Parameter description: 64 hexadecimal digits, either case.
    public init?(_ description: String) {
        guard let bytes = Hexadecimal.decode(description), bytes.count == Self.length else { return nil }
        self.init(bytes: bytes)
    }

    public var description: String { Hexadecimal.encode(self.bytes) }
}

extension Digest: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not 64 hexadecimal digits: \(text)")
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
