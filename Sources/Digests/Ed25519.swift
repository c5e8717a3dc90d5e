import CLibSSL

/// Signatures with a private and a public key (RFC 8032, pure Ed25519).
public enum Ed25519 {
    /// Bytes in a seed and in a public key.
    public static let keyLength = 32
    /// Bytes in a signature.
    public static let signatureLength = 64
}

/// One libcrypto key, freed with its last user.
///
/// Unchecked: immutable once made, and libcrypto uses an `EVP_PKEY` from any number of threads.
@safe final class KeyHandle: @unchecked Sendable {
    let key: OpaquePointer

    /// Takes over a key libcrypto just made.
    @unsafe init?(taking key: OpaquePointer?) {
        guard let key = unsafe key else { return nil }
        unsafe self.key = key
    }

    deinit { unsafe EVP_PKEY_free(self.key) }
}
