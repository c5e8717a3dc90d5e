import CLibSSL

extension Ed25519 {
    /// The private half: makes signatures.
    ///
    /// Neither printed nor encoded by accident: its text form is asked for by name (``pem()``).
    public struct SigningKey: Sendable, CustomStringConvertible {
        private let handle: KeyHandle

        /// A new key from the system's randomness.
        public static func generate() throws(DigestsError) -> SigningKey {
            try SigningKey(seed: SecureRandom.bytes(Ed25519.keyLength))
        }

        /// - Parameter seed: the 32 bytes RFC 8032 calls the private key.
        /// - Throws: ``DigestsError/wrongKeyLength(expected:got:)``.
        public init(seed: [UInt8]) throws(DigestsError) {
            guard seed.count == Ed25519.keyLength else {
                throw .wrongKeyLength(expected: Ed25519.keyLength, got: seed.count)
            }
            let key = unsafe seed.withUnsafeBufferPointer { seed in
                unsafe KeyHandle(
                    taking: EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed.baseAddress, seed.count))
            }
            guard let key else { throw .outOfMemory }
            self.handle = key
        }

        /// Reads what ``pem()`` or `openssl genpkey -algorithm ed25519` wrote.
        ///
        /// Text around the PEM block is skipped. Encrypted keys are refused, never asked a password for.
        ///
        /// - Throws: ``DigestsError/notAnEd25519Key``.
        public init(pem: String) throws(DigestsError) {
            let text = Array(pem.utf8)
            let key = unsafe text.withUnsafeBytes { text -> KeyHandle? in
                guard text.count <= Int(Int32.max),
                    let source = unsafe BIO_new_mem_buf(text.baseAddress, Int32(text.count))
                else { return nil }
                defer { unsafe BIO_free(source) }
                // Without this callback libcrypto would ask for a password on the terminal.
                return unsafe KeyHandle(taking: PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil))
            }
            ERR_clear_error()
            guard let key, unsafe EVP_PKEY_get_base_id(key.key) == EVP_PKEY_ED25519 else { throw .notAnEd25519Key }
            self.handle = key
        }

        /// The key as unencrypted PKCS #8 PEM (RFC 8410 §7), for a file only its owner may read.
        public func pem() throws(DigestsError) -> String {
            guard let sink = unsafe BIO_new(BIO_s_mem()) else { throw .outOfMemory }
            defer { unsafe BIO_free(sink) }
            guard unsafe PEM_write_bio_PKCS8PrivateKey(sink, self.handle.key, nil, nil, 0, nil, nil) == 1 else {
                throw .outOfMemory
            }
            let capacity = 512
            let text = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
                count = max(0, Int(unsafe BIO_read(sink, target.baseAddress, Int32(capacity))))
            }
            return String(decoding: text, as: UTF8.self)
        }

        /// The 32 secret bytes the key is made of.
        public var seed: [UInt8] {
            let handle = self.handle
            return unsafe [UInt8](unsafeUninitializedCapacity: Ed25519.keyLength) { target, count in
                count = Ed25519.keyLength
                let done = unsafe EVP_PKEY_get_raw_private_key(handle.key, target.baseAddress, &count)
                precondition(done == 1, "an Ed25519 key without a seed")
            }
        }

        /// The half to give away.
        public var verifyingKey: VerifyingKey { VerifyingKey(publicHalfOf: self.handle) }

        /// - Returns: the 64 bytes of the signature, the same for the same message.
        /// - Throws: ``DigestsError/outOfMemory``.
        public func sign(_ message: [UInt8]) throws(DigestsError) -> [UInt8] {
            guard let context = unsafe EVP_MD_CTX_new() else { throw .outOfMemory }
            defer { unsafe EVP_MD_CTX_free(context) }
            guard unsafe EVP_DigestSignInit(context, nil, nil, nil, self.handle.key) == 1 else { throw .outOfMemory }
            let signature = unsafe [UInt8](unsafeUninitializedCapacity: Ed25519.signatureLength) { target, count in
                var length = Ed25519.signatureLength
                let done = unsafe message.withUnsafeBufferPointer { message in
                    unsafe EVP_DigestSign(context, target.baseAddress, &length, message.baseAddress, message.count)
                }
                count = done == 1 ? length : 0
            }
            guard signature.count == Ed25519.signatureLength else { throw .outOfMemory }
            return signature
        }

        public var description: String { "Ed25519.SigningKey(\(self.verifyingKey))" }
    }
}
