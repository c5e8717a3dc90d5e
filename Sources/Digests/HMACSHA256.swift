import CLibSSL

/// Message authentication with a shared key (RFC 2104 over SHA-256).
public enum HMACSHA256 {
    /// Bytes in an authentication code.
    public static let length = 32

    /// - Parameter key: any length; 32 bytes or more to be worth its name.
    /// - Returns: the 32 bytes of the code.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: self.length) { code, count in
            unsafe key.withUnsafeBytes { key in
                unsafe message.withUnsafeBufferPointer { message in
                    let done = unsafe HMAC(
                        SHA256Method.shared.method, key.baseAddress, Int32(key.count),
                        message.baseAddress, message.count, code.baseAddress, nil)
                    precondition(unsafe done != nil, "libcrypto cannot compute an HMAC")
                }
            }
            count = self.length
        }
    }

    /// Whether a code is the message's, decided in the same time for every wrong code.
    public static func isValid(_ code: [UInt8], for message: [UInt8], key: [UInt8]) -> Bool {
        constantTimeEquals(code, self.authenticate(message, key: key))
    }
}
