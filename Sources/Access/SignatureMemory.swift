import Content
import Storefront
import Synchronization

/// Tokens whose signatures were found good, so that the same one costs a digest the next time, not a curve.
///
/// Remembers which key signed which claims, and nothing that could be used in a token's place. Two generations: the older is
/// forgotten when the newer is full, so that what is used stays and memory is bounded.
final class SignatureMemory: Sendable {
    struct Token: Sendable {
        let keyID: String
        let key: VerificationKey
        let claims: JSONObject
    }

    private struct Generations {
        var newer: [Digest: Token] = [:]
        var older: [Digest: Token] = [:]

        mutating func keep(_ token: Token, as digest: Digest) {
            if self.newer.count >= SignatureMemory.capacity {
                self.older = self.newer
                self.newer = [:]
            }
            self.newer[digest] = token
        }
    }

    /// Tokens in a generation.
    static let capacity = 5_000

    private let generations = Mutex(Generations())

    /// - Parameter digest: the whole token's.
    func token(_ digest: Digest) -> Token? {
        self.generations.withLock { generations in
            if let token = generations.newer[digest] { return token }
            guard let token = generations.older[digest] else { return nil }
            generations.keep(token, as: digest)
            return token
        }
    }

    func keep(_ token: Token, as digest: Digest) {
        self.generations.withLock { $0.keep(token, as: digest) }
    }
}
