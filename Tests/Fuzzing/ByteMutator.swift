/// Damages bytes as disks, lines and malice do. The same seed damages the same bytes in the same way everywhere.
public struct ByteMutator: Sendable {
    /// What numbers are most often misread at.
    private static let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]

    private var state: UInt64

    public init(seed: UInt64) { self.state = seed | 1 }

    /// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016).
    ///
    /// - Parameter bound: at least 1.
    public mutating func next(_ bound: Int) -> Int {
        self.state ^= self.state >> 12
        self.state ^= self.state << 25
        self.state ^= self.state >> 27
        return Int((self.state &* 0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    /// Bytes that mean nothing.
    public mutating func noise(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: self.next(256)) }
    }

    /// Changes, drops or doubles a few bytes, one to four times.
    public mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...self.next(4) {
            guard !bytes.isEmpty else { break }
            let place = self.next(bytes.count)
            switch self.next(6) {
            case 0: bytes[place] ^= UInt8(1 << self.next(8))
            case 1: bytes[place] = Self.edges[self.next(Self.edges.count)]
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + self.next(40)))
            case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + self.next(60))], at: place)
            case 4: bytes.removeLast(self.next(bytes.count))
            default: for index in place..<min(bytes.count, place + 9) { bytes[index] = 0xFF }
            }
        }
        return bytes
    }

    /// The same, but as long as it was: for messages of fixed layout.
    public mutating func altered(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...self.next(4) {
            let place = self.next(bytes.count)
            bytes[place] = self.next(2) == 0 ? Self.edges[self.next(Self.edges.count)] : UInt8(self.next(256))
        }
        return bytes
    }
}
