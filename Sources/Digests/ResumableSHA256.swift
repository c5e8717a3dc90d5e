import CLibSSL
public import Content

/// A SHA-256 (FIPS 180-4) whose state can be written down, so that another process goes on where this one was.
///
/// As fast as ``SHA256Hasher``: the same code of libcrypto underneath.
public struct ResumableSHA256: Sendable {
    private var context = SHA256_CTX()

    /// A state: the eight words, the count of bits, and up to 63 bytes that wait for a whole block.
    private static let headLength = 8 * 4 + 8

    public init() {
        let begun = unsafe SHA256_Init(&self.context)
        precondition(begun == 1, "libcrypto cannot begin a SHA-256")
    }

    /// Goes on from what ``state`` was.
    ///
    /// - Returns: nil for bytes that are no state.
    public init?(state: [UInt8]) {
        self.init()
        guard state.count >= Self.headLength else { return nil }
        var words: [UInt32] = []
        for start in stride(from: 0, to: Self.headLength, by: 4) {
            words.append(state[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        let bits = UInt64(words[8]) << 32 | UInt64(words[9])
        let tail = state[Self.headLength...]
        guard bits & 7 == 0, Int(bits >> 3 & 63) == tail.count else { return nil }
        unsafe withUnsafeMutableBytes(of: &self.context.h) {
            unsafe $0.copyBytes(from: words[..<8].flatMap(Self.native))
        }
        (self.context.Nh, self.context.Nl) = (words[8], words[9])
        unsafe withUnsafeMutableBytes(of: &self.context.data) { unsafe $0.copyBytes(from: tail) }
        self.context.num = UInt32(tail.count)
    }

    /// Bytes taken so far.
    public var count: Int64 { Int64((UInt64(self.context.Nh) << 32 | UInt64(self.context.Nl)) >> 3) }

    /// What ``init(state:)`` goes on from: at most 103 bytes, the same on every machine.
    public var state: [UInt8] {
        var words = unsafe withUnsafeBytes(of: self.context.h) { unsafe Array($0.bindMemory(to: UInt32.self)) }
        words += [self.context.Nh, self.context.Nl]
        let tail = unsafe withUnsafeBytes(of: self.context.data) { unsafe Array($0.prefix(Int(self.context.num))) }
        return words.flatMap { word in
            stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
            + tail
    }

    /// Takes the next bytes, which may be none.
    public mutating func update(_ bytes: Span<UInt8>) {
        let done = unsafe bytes.withUnsafeBytes { unsafe SHA256_Update(&self.context, $0.baseAddress, $0.count) }
        precondition(done == 1, "libcrypto refused bytes for a SHA-256")
    }

    /// The digest of everything taken.
    public consuming func finish() -> Digest {
        var context = self.context
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Digest.length) { target, count in
            let done = unsafe SHA256_Final(target.baseAddress, &context)
            precondition(done == 1, "libcrypto cannot end a SHA-256")
            count = Digest.length
        }
        return Digest(bytes: bytes)
    }

    private static func native(_ word: UInt32) -> [UInt8] { unsafe withUnsafeBytes(of: word) { unsafe Array($0) } }
}
