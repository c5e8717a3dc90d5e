import CLibSSL

/// Encryption that notices changes (AES-256-GCM, NIST SP 800-38D).
///
/// A nonce must never serve twice under one key: ``DataKey`` and ``KeyRing`` draw 96 random bits for each text, and no key
/// of theirs seals more than a few.
enum AES256GCM {
    static let keyLength = 32
    static let nonceLength = 12
    static let tagLength = 16

    /// - Returns: the ciphertext, as long as the plaintext, and the tag behind it.
    static func seal(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], binding context: [UInt8]
    ) throws(EnvelopeError) -> [UInt8] {
        let cipher = try Cipher(key: key, nonce: nonce, direction: .encrypt)
        try cipher.bind(context)
        return try cipher.update(plaintext) + cipher.finishSealing()
    }

    /// - Parameter sealed: what ``seal(_:key:nonce:binding:)`` gave.
    /// - Throws: ``EnvelopeError/tampered`` when a bit of any argument is another than it was.
    static func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], binding context: [UInt8]
    ) throws(EnvelopeError) -> [UInt8] {
        guard sealed.count >= self.tagLength else { throw .tampered }
        let cipher = try Cipher(key: key, nonce: nonce, direction: .decrypt)
        try cipher.bind(context)
        let plaintext = try cipher.update(Array(sealed.dropLast(self.tagLength)))
        try cipher.finishOpening(tag: Array(sealed.suffix(self.tagLength)))
        return plaintext
    }
}

/// One text on its way through libcrypto.
///
/// Owns one cipher context and frees it on scope exit; libcrypto wipes it then.
@safe private struct Cipher: ~Copyable {
    enum Direction: Int32 {
        case decrypt = 0
        case encrypt = 1
    }

    private let context: OpaquePointer

    init(key: [UInt8], nonce: [UInt8], direction: Direction) throws(EnvelopeError) {
        precondition(key.count == AES256GCM.keyLength && nonce.count == AES256GCM.nonceLength, "wrong key or nonce")
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .unavailable }
        let isReady = unsafe key.withUnsafeBufferPointer { key in
            unsafe nonce.withUnsafeBufferPointer { nonce in
                unsafe EVP_CipherInit_ex2(
                    context, EVP_aes_256_gcm(), key.baseAddress, nonce.baseAddress, direction.rawValue, nil)
            }
        }
        guard isReady == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            throw .unavailable
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_CIPHER_CTX_free(self.context) }

    /// Takes what is authenticated but not encrypted.
    borrowing func bind(_ context: [UInt8]) throws(EnvelopeError) {
        var written: Int32 = 0
        let own = unsafe self.context
        let done = unsafe context.withUnsafeBufferPointer { bytes in
            unsafe EVP_CipherUpdate(own, nil, &written, bytes.baseAddress, Int32(bytes.count))
        }
        guard done == 1 else { throw .unavailable }
    }

    borrowing func update(_ input: [UInt8]) throws(EnvelopeError) -> [UInt8] {
        guard !input.isEmpty else { return [] }
        let own = unsafe self.context
        var done: Int32 = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: input.count) { target, count in
            var written: Int32 = 0
            done = unsafe input.withUnsafeBufferPointer { input in
                unsafe EVP_CipherUpdate(own, target.baseAddress, &written, input.baseAddress, Int32(input.count))
            }
            count = done == 1 ? Int(written) : 0
        }
        guard done == 1, output.count == input.count else { throw .unavailable }
        return output
    }

    /// - Returns: the tag.
    borrowing func finishSealing() throws(EnvelopeError) -> [UInt8] {
        let own = unsafe self.context
        var last: Int32 = 0
        var rest: [UInt8] = [0]
        let ended = unsafe rest.withUnsafeMutableBufferPointer { rest in
            unsafe EVP_CipherFinal_ex(own, rest.baseAddress, &last)
        }
        guard ended == 1 else { throw .unavailable }
        var done: Int32 = 0
        let tag = unsafe [UInt8](unsafeUninitializedCapacity: AES256GCM.tagLength) { target, count in
            done = unsafe EVP_CIPHER_CTX_ctrl(
                own, EVP_CTRL_AEAD_GET_TAG, Int32(AES256GCM.tagLength), target.baseAddress)
            count = done == 1 ? AES256GCM.tagLength : 0
        }
        guard done == 1 else { throw .unavailable }
        return tag
    }

    borrowing func finishOpening(tag: [UInt8]) throws(EnvelopeError) {
        let own = unsafe self.context
        var tag = tag
        let isSet = unsafe tag.withUnsafeMutableBufferPointer { tag in
            unsafe EVP_CIPHER_CTX_ctrl(own, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), tag.baseAddress)
        }
        guard isSet == 1 else { throw .unavailable }
        var last: Int32 = 0
        var rest: [UInt8] = [0]
        let isGenuine = unsafe rest.withUnsafeMutableBufferPointer { rest in
            unsafe EVP_CipherFinal_ex(own, rest.baseAddress, &last)
        }
        ERR_clear_error()
        guard isGenuine == 1 else { throw .tampered }
    }
}
