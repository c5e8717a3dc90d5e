public import Content
import Digests

/// Makes the tokens of invitations, and knows them again.
///
/// A token is computed from the invitation's number, which sending it is, and a secret; so it needs to be kept nowhere, and
/// the mail can be sent again after a crash. In the database is a hash of it.
public struct InvitationTokens: Sendable {
    private let secret: [UInt8]

    /// - Parameter secret: 32 secret bytes or more, the same in every process. With another one no token is known any more.
    public init(secret: [UInt8]) {
        precondition(secret.count >= 32, "a secret has at least 32 bytes")
        self.secret = secret
    }

    /// 64 hexadecimal digits nobody can guess.
    public func token(of invitation: InvitationID, sending: Int) -> String {
        Hexadecimal.encode(
            HMACSHA256.authenticate(Array("slipway-invitation-1\n\(invitation)\n\(sending)".utf8), key: self.secret))
    }

    /// What is kept of a token.
    static func hash(_ token: String) -> Digest { Digest.sha256(of: Array(token.utf8)) }
}
