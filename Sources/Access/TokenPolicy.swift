/// Which tokens we believe (RFC 8725).
public struct TokenPolicy: Sendable {
    /// `iss`, exactly.
    public var issuer: String
    /// What `aud` must contain, exactly.
    public var audience: String
    /// How far two clocks may differ; at most 60 s.
    public var skew: Duration
    /// A token is refused this long after it was issued, whatever it says of its expiry.
    public var maximumAge: Duration

    /// Bytes of a token, at most: more is not worth a look.
    public static let maximumLength = 8 * 1024

    /// What `typ` may be, where there is one: plain tokens and access tokens (RFC 9068).
    static let types: Set<String> = ["jwt", "at+jwt"]

    public init(issuer: String, audience: String, skew: Duration, maximumAge: Duration) {
        precondition(skew <= .seconds(60), "clocks that differ by more than a minute need repair")
        self.issuer = issuer
        self.audience = audience
        self.skew = skew
        self.maximumAge = maximumAge
    }
}
