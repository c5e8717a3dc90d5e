/// A ``DataKey`` as it may lie in a database: encrypted under a key of the ring.
public struct WrappedKey: Equatable, Sendable {
    /// Which key of the ring opens it.
    public let keyID: String
    /// Nonce, ciphertext, tag: 60 bytes.
    public let bytes: [UInt8]

    public init(keyID: String, bytes: [UInt8]) {
        self.keyID = keyID
        self.bytes = bytes
    }
}
