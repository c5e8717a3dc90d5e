/// What a request brings to be let in with.
public enum Credential: Equatable, Sendable {
    case token(String)
    case key(String)

    /// Reads the two headers that may carry one.
    ///
    /// - Parameters:
    ///   - authorization: every `Authorization` header; a key may stand behind Bearer, its brand tells it from a token.
    ///   - apiKey: every `X-API-Key` header.
    public init(authorization: [String], apiKey: [String]) throws(AccessError) {
        guard authorization.count + apiKey.count <= 1 else { throw .severalCredentials }
        if let key = apiKey.first {
            self = .key(key)
            return
        }
        guard let text = authorization.first else { throw .noCredentials }
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else { throw .unsupportedScheme }
        let value = String(words[1])
        self = value.hasPrefix(APIKeyText.brand) ? .key(value) : .token(value)
    }
}

/// Never the secret itself.
extension Credential: CustomStringConvertible {
    public var description: String {
        switch self {
        case .token: "a token"
        case .key: "a key"
        }
    }
}
