import Content
import Digests
import SigV4

/// The functions that signing needs, from libcrypto.
struct LibcryptoHash: SigningHash {
    func sha256(_ message: [UInt8]) -> [UInt8] { Digest.sha256(of: message).bytes }

    func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] { HMACSHA256.authenticate(message, key: key) }
}
