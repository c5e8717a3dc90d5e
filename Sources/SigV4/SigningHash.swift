/// The two functions that signing needs of a cryptographic library.
///
/// They are handed in so that this module stays free of one.
public protocol SigningHash: Sendable {
    /// SHA-256 (FIPS 180-4): 32 bytes.
    func sha256(_ message: [UInt8]) -> [UInt8]

    /// HMAC with SHA-256 (RFC 2104): 32 bytes.
    func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8]
}
