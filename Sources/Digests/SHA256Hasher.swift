import CLibSSL
public import Content

/// A SHA-256 (FIPS 180-4) computed as the bytes come.
///
/// Owns one libcrypto context and frees it on scope exit. libcrypto picks the fastest code for this
/// processor itself (``CPUFeatures``).
@safe public struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    public init() {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex2(context, SHA256Method.shared.method, nil) == 1
        else { preconditionFailure("libcrypto cannot begin a SHA-256") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(self.context) }

    /// Takes the next bytes, which may be none.
    public mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { bytes in unsafe self.update(bytes) }
    }

    /// Takes the next bytes, which may be none.
    public mutating func update(_ bytes: [UInt8]) { self.update(bytes.span) }

    /// Takes the next bytes, which may be none, from memory the caller keeps valid during the call.
    @unsafe public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard unsafe !bytes.isEmpty else { return }
        let done = unsafe EVP_DigestUpdate(self.context, bytes.baseAddress, bytes.count)
        precondition(done == 1, "libcrypto refused bytes for a SHA-256")
    }

    /// The digest of everything taken.
    public consuming func finish() -> Digest { self.takeDigest() }

    /// The digest of everything taken since the last restart; begins the next one.
    ///
    /// Cheaper than a new hasher for each of many small runs of bytes.
    public mutating func finishAndRestart() -> Digest {
        let digest = self.takeDigest()
        let begun = unsafe EVP_DigestInit_ex2(self.context, nil, nil)
        precondition(begun == 1, "libcrypto cannot restart a SHA-256")
        return digest
    }

    private borrowing func takeDigest() -> Digest {
        let context = unsafe self.context
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Digest.length) { target, count in
            let done = unsafe EVP_DigestFinal_ex(context, target.baseAddress, nil)
            precondition(done == 1, "libcrypto cannot end a SHA-256")
            count = Digest.length
        }
        return Digest(bytes: bytes)
    }
}

// The context has one owner and no tie to a thread, so it may move to another one with its owner.
extension SHA256Hasher: @unchecked Sendable {}

/// The algorithm as libcrypto knows it, looked up once because each look-up searches all providers.
///
/// Unchecked: written once, and libcrypto reads an `EVP_MD` from any number of threads.
@safe struct SHA256Method: @unchecked Sendable {
    static let shared = SHA256Method()

    let method: OpaquePointer

    private init() {
        guard let method = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("libcrypto offers no SHA-256")
        }
        unsafe self.method = method
    }
}
