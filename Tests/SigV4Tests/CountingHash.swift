import SigV4
import Synchronization

/// Counts the authentications that are asked for.
final class CountingHash: SigningHash {
    private let calls = Mutex(0)

    var count: Int { self.calls.withLock { $0 } }

    func sha256(_ message: [UInt8]) -> [UInt8] { LibcryptoHash().sha256(message) }

    func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        self.calls.withLock { $0 += 1 }
        return LibcryptoHash().authenticate(message, key: key)
    }
}
