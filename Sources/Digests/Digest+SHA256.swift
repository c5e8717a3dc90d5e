public import Content

extension Digest {
    /// The SHA-256 of bytes that are all in memory.
    public static func sha256(of bytes: Span<UInt8>) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The SHA-256 of bytes that are all in memory.
    public static func sha256(of bytes: [UInt8]) -> Digest { self.sha256(of: bytes.span) }
}
