import Content
import Digests
public import FoundationEssentials
import Storefront

/// Decides whether a token is to be believed (RFC 7519, RFC 8725).
///
/// RS256 and ES256 only; the key comes from our source by its name, never from the token; each key serves one algorithm.
public struct TokenVerifier: Sendable {
    let policy: TokenPolicy
    private let keys: KeyCache
    private let seen = SignatureMemory()

    public init(policy: TokenPolicy, source: JWKSource) {
        self.policy = policy
        self.keys = KeyCache(source: source)
    }

    /// - Throws: ``AccessError/tokenExpired``, ``AccessError/tokenRejected(_:)``, or
    ///   ``AccessError/issuerUnavailable(reason:)``.
    public func verify(_ token: String, now: Date) async throws(AccessError) -> TokenClaims {
        try Self.person(try await self.claims(of: token, now: now))
    }

    /// Who a token is for: a service of the platform, when it has a scope that only services have; a person otherwise.
    ///
    /// - Throws: as ``verify(_:now:)``.
    public func identify(_ token: String, now: Date) async throws(AccessError) -> Identity {
        let verified = try await self.claims(of: token, now: now)
        let permissions = ServicePermission.granted(by: verified.claims["scope"])
        guard !permissions.isEmpty else { return .user(try Self.person(verified)) }
        guard case .string(let subject)? = verified.claims["sub"], (1...200).contains(subject.utf8.count) else {
            throw .tokenRejected(.badSubject)
        }
        return .service(ServiceClaims(name: subject, permissions: permissions))
    }

    /// Who says to have issued a token: to choose whom to ask, and to be checked like everything else.
    static func unverifiedIssuer(of token: String) -> String? {
        let parts = Array(token.utf8.prefix(TokenPolicy.maximumLength)).split(separator: UInt8(ascii: "."))
        guard parts.count == 3, case .string(let issuer)? = Self.object(parts[1])?["iss"] else { return nil }
        return issuer
    }

    /// Claims that are believed, and until when.
    struct Verified {
        let claims: JSONObject
        let expiry: Double
    }

    /// The claims of a token that is to be believed, whoever it is for.
    func claims(of token: String, now: Date) async throws(AccessError) -> Verified {
        let bytes = Array(token.utf8)
        guard bytes.count <= TokenPolicy.maximumLength else { throw .tokenRejected(.tooLong) }
        let digest = Digest.sha256(of: bytes)
        // The same bytes under the same key have the same signature; whether the key and the times still hold is asked anew.
        if let known = self.seen.token(digest), try await self.keys.key(known.keyID) == known.key {
            return try self.check(known.claims, now: now)
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let signature = Base64URL.decode(parts[2]) else {
            throw .tokenRejected(.malformed)
        }
        let (algorithm, identifier) = try Self.read(header)
        guard let key = try await self.keys.key(identifier) else { throw .tokenRejected(.unknownKey) }
        guard key.algorithm == algorithm else { throw .tokenRejected(.algorithmOfAnotherKey) }
        guard key.isValid(signature, for: Array(bytes[..<(parts[2].startIndex - 1)])) else {
            throw .tokenRejected(.badSignature)
        }
        guard let claims = Self.object(parts[1]) else { throw .tokenRejected(.malformed) }
        let verified = try self.check(claims, now: now)
        self.seen.keep(SignatureMemory.Token(keyID: identifier, key: key, claims: claims), as: digest)
        return verified
    }

    private static func object(_ part: ArraySlice<UInt8>) -> JSONObject? {
        guard let bytes = Base64URL.decode(part), case .object(let object)? = try? JSONParser.parse(bytes) else {
            return nil
        }
        return object
    }

    private static func read(
        _ header: JSONObject
    ) throws(AccessError) -> (algorithm: VerificationKey.Algorithm, key: String) {
        guard case .string(let name)? = header["alg"], let algorithm = VerificationKey.Algorithm(rawValue: name) else {
            throw .tokenRejected(.algorithmNotAllowed)
        }
        for name in ["jku", "jwk", "x5u", "x5c"] where header[name] != nil { throw .tokenRejected(.keyInHeader) }
        if header["crit"] != nil { throw .tokenRejected(.criticalExtension) }
        switch header["typ"] {
        case nil: break
        case .string(let type):
            let lowered = type.lowercased()
            let short = lowered.hasPrefix("application/") ? String(lowered.dropFirst("application/".count)) : lowered
            guard TokenPolicy.types.contains(short) else { throw .tokenRejected(.wrongType) }
        default: throw .tokenRejected(.wrongType)
        }
        guard case .string(let key)? = header["kid"], !key.isEmpty, key.utf8.count <= 256 else {
            throw .tokenRejected(.noKeyID)
        }
        return (algorithm, key)
    }

    private func check(_ claims: JSONObject, now: Date) throws(AccessError) -> Verified {
        guard claims["iss"] == .string(self.policy.issuer) else { throw .tokenRejected(.wrongIssuer) }
        let audience: JSONValue = .string(self.policy.audience)
        switch claims["aud"] {
        case audience?: break
        case .array(let audiences)? where audiences.contains(audience): break
        default: throw .tokenRejected(.wrongAudience)
        }
        return Verified(claims: claims, expiry: try self.checkTimes(claims, now: now))
    }

    private static func person(_ verified: Verified) throws(AccessError) -> TokenClaims {
        let claims = verified.claims
        guard case .string(let subject)? = claims["sub"], let user = UserID(subject) else {
            throw .tokenRejected(.badSubject)
        }
        let developer: DeveloperID?
        switch claims["developer_id"] {
        case nil, .null?: developer = nil
        case .string(let text)?:
            guard let id = DeveloperID(text) else { throw .tokenRejected(.badCompany) }
            developer = id
        default: throw .tokenRejected(.badCompany)
        }
        return TokenClaims(
            user: user, developer: developer, expiresAt: Date(timeIntervalSince1970: verified.expiry),
            platformRoles: Self.platformRoles(claims))
    }

    /// `roles` (RFC 9068 §2.2.3.1) is a list, `scope` (RFC 8693 §4.2) words with spaces between them; issuers write either
    /// in either way.
    private static func platformRoles(_ claims: JSONObject) -> Set<PlatformRole> {
        var roles: Set<PlatformRole> = []
        for name in ["roles", "scope"] {
            let words: [String] =
                switch claims[name] {
                case .string(let text)?: text.split(separator: " ").map(String.init)
                case .array(let items)?: items.compactMap { if case .string(let word) = $0 { word } else { nil } }
                default: []
                }
            roles.formUnion(words.compactMap(PlatformRole.init(rawValue:)))
        }
        return roles
    }

    private func checkTimes(_ claims: JSONObject, now: Date) throws(AccessError) -> Double {
        let now = now.timeIntervalSince1970
        let skew = Double(self.policy.skew.components.seconds)
        let maximumAge = Double(self.policy.maximumAge.components.seconds)
        guard let expiry = try Self.time("exp", in: claims) else { throw .tokenRejected(.noExpiry) }
        if let notBefore = try Self.time("nbf", in: claims), notBefore > now + skew {
            throw .tokenRejected(.notYetValid)
        }
        if let issued = try Self.time("iat", in: claims) {
            guard issued <= now + skew else { throw .tokenRejected(.notYetValid) }
            guard now - issued <= maximumAge + skew else { throw .tokenRejected(.tooOld) }
        } else if expiry - now > maximumAge + skew {
            // Nobody knows how old it is, so the future it claims must be short enough for any age.
            throw .tokenRejected(.tooOld)
        }
        guard expiry > now - skew else { throw .tokenExpired }
        return expiry
    }

    /// A NumericDate (RFC 7519 §2), between 1970 and 2242.
    private static func time(_ name: String, in claims: JSONObject) throws(AccessError) -> Double? {
        guard let value = claims[name] else { return nil }
        guard case .number(let number) = value, let seconds = Double(number.lexeme),
            (0...8_589_934_592).contains(seconds)
        else { throw .tokenRejected(.malformed) }
        return seconds
    }
}
