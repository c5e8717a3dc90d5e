/// The key that signs one day's requests to one service in one region.
///
/// Derived from the secret by four HMACs, which ``SigningKeyCache`` saves. As secret as the secret itself.
public struct SigningKey: Sendable {
    let bytes: [UInt8]

    public init(_ credentials: Credentials, scope: SigningScope, hash: some SigningHash) {
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for message in [scope.time.day, scope.region, scope.service, "aws4_request"] {
            key = hash.authenticate(Array(message.utf8), key: key)
        }
        self.bytes = key
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "a signing key" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The last derived key, kept for as long as it fits.
///
/// A value: its owner decides how it is shared.
public struct SigningKeyCache: Sendable {
    private var last: (credentials: Credentials, scope: String, key: SigningKey)?

    public init() {}

    public mutating func key(
        _ credentials: Credentials, scope: SigningScope, hash: some SigningHash
    ) -> SigningKey {
        let text = scope.text
        if let last = self.last, last.credentials == credentials, last.scope == text { return last.key }
        let key = SigningKey(credentials, scope: scope, hash: hash)
        self.last = (credentials, text, key)
        return key
    }
}
