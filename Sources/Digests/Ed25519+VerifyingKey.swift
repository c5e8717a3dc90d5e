import CLibSSL
import Content

extension Ed25519 {
    /// The public half: checks signatures.
    public struct VerifyingKey: Hashable, Sendable, CustomStringConvertible {
        /// The 32 bytes of the key, as RFC 8032 encodes them.
        public let bytes: [UInt8]
        private let handle: KeyHandle

        /// - Parameter bytes: as ``bytes`` gives them.
        /// - Throws: ``DigestsError/wrongKeyLength(expected:got:)``.
        public init(bytes: [UInt8]) throws(DigestsError) {
            guard bytes.count == Ed25519.keyLength else {
                throw .wrongKeyLength(expected: Ed25519.keyLength, got: bytes.count)
            }
            let key = unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe KeyHandle(
                    taking: EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes.baseAddress, bytes.count))
            }
            guard let key else { throw .outOfMemory }
            self.bytes = bytes
            self.handle = key
        }

        init(publicHalfOf handle: KeyHandle) {
            self.bytes = unsafe [UInt8](unsafeUninitializedCapacity: Ed25519.keyLength) { target, count in
                count = Ed25519.keyLength
                let done = unsafe EVP_PKEY_get_raw_public_key(handle.key, target.baseAddress, &count)
                precondition(done == 1, "an Ed25519 key without a public half")
            }
            self.handle = handle
        }

        /// Whether the signature is this key's for exactly this message.
        ///
        /// False for signatures of another length than 64 bytes, and when libcrypto lacks memory to check.
        public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
            guard signature.count == Ed25519.signatureLength, let context = unsafe EVP_MD_CTX_new() else {
                return false
            }
            defer {
                unsafe EVP_MD_CTX_free(context)
                ERR_clear_error()
            }
            guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, self.handle.key) == 1 else { return false }
            return unsafe signature.withUnsafeBufferPointer { signature in
                unsafe message.withUnsafeBufferPointer { message in
                    unsafe EVP_DigestVerify(
                        context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
                }
            }
        }

        public static func == (left: VerifyingKey, right: VerifyingKey) -> Bool { left.bytes == right.bytes }

        public func hash(into hasher: inout Hasher) { hasher.combine(self.bytes) }

        /// The key in hexadecimal.
        public var description: String { Hexadecimal.encode(self.bytes) }
    }
}
