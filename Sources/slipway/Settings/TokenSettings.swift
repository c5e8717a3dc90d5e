import Configuration

/// Who issues the tokens of users.
struct TokenSettings: Sendable {
    /// `SLIPWAY_JWKS_URL`; nil where `up` issues them itself.
    var jwksURL: String?
    /// `SLIPWAY_JWT_ISSUER`.
    var issuer: String
    /// `SLIPWAY_JWT_AUDIENCE`.
    var audience: String

    /// The issuer that `up` comes with.
    static let development = TokenSettings(jwksURL: nil, issuer: "slipway-development", audience: "slipway")

    init(jwksURL: String?, issuer: String, audience: String) {
        self.jwksURL = jwksURL
        self.issuer = issuer
        self.audience = audience
    }

    init(reading config: ConfigReader) {
        self.jwksURL = config.string(forKey: "jwks.url")
        self.issuer = config.string(forKey: "jwt.issuer", default: Self.development.issuer)
        self.audience = config.string(forKey: "jwt.audience", default: Self.development.audience)
    }
}
