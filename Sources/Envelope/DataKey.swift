import Digests

/// A key for the few secrets of one row, itself kept only wrapped (``KeyRing/wrap(_:binding:)``).
///
/// Not printed by accident: its bytes are nobody's but this module's.
public struct DataKey: Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A new key from the system's randomness.
    public static func generate() throws(EnvelopeError) -> DataKey {
        DataKey(bytes: try randomBytes(AES256GCM.keyLength))
    }

    /// Encrypts one text.
    ///
    /// - Parameter context: what the text belongs to; it opens nowhere else. Not secret, not kept.
    /// - Returns: nonce, ciphertext and tag: 28 bytes more than the text.
    public func seal(_ text: String, binding context: String) throws(EnvelopeError) -> [UInt8] {
        let nonce = try randomBytes(AES256GCM.nonceLength)
        return try nonce
            + AES256GCM.seal(Array(text.utf8), key: self.bytes, nonce: nonce, binding: Array(context.utf8))
    }

    /// - Throws: ``EnvelopeError/tampered``.
    public func open(_ sealed: [UInt8], binding context: String) throws(EnvelopeError) -> String {
        guard sealed.count >= AES256GCM.nonceLength + AES256GCM.tagLength else { throw .tampered }
        let bytes = try AES256GCM.open(
            Array(sealed.dropFirst(AES256GCM.nonceLength)), key: self.bytes,
            nonce: Array(sealed.prefix(AES256GCM.nonceLength)), binding: Array(context.utf8))
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .tampered }
        return text
    }

    public var description: String { "DataKey" }
}

func randomBytes(_ count: Int) throws(EnvelopeError) -> [UInt8] {
    do {
        return try SecureRandom.bytes(count)
    } catch {
        throw .unavailable
    }
}
