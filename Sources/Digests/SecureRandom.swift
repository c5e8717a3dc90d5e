import CLibSSL

/// Bytes nobody can guess, for keys, tokens and nonces.
public enum SecureRandom {
    /// - Parameter count: zero or more.
    /// - Throws: ``DigestsError/noRandomness``.
    public static func bytes(_ count: Int) throws(DigestsError) -> [UInt8] {
        var isFilled = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            isFilled = count == 0 || (unsafe RAND_priv_bytes(target.baseAddress, Int32(count))) == 1
            initialized = isFilled ? count : 0
        }
        guard isFilled else { throw .noRandomness }
        return bytes
    }
}
