import Digests
public import FoundationEssentials

/// Makes the secrets that sign what is sent to studios.
///
/// A secret is computed from the endpoint's number, its generation and the program's own secret, so that no table has any.
public struct WebhookSecrets: Sendable {
    private let secret: [UInt8]

    /// - Parameter secret: 32 secret bytes or more, the same in every process. With another one every signature is wrong.
    public init(secret: [UInt8]) {
        precondition(secret.count >= 32, "a secret has at least 32 bytes")
        self.secret = secret
    }

    /// As Standard Webhooks writes it: `whsec_` and the base64 of 32 bytes.
    public func secret(of endpoint: UUID, generation: Int) -> String {
        let text = "slipway-webhook-1\n\(endpoint.uuidString.lowercased())\n\(generation)"
        return "whsec_" + Data(HMACSHA256.authenticate(Array(text.utf8), key: self.secret)).base64EncodedString()
    }
}
