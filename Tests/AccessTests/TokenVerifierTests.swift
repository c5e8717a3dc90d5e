import Content
import Digests
import FoundationEssentials
import JWTKit
import Storefront
import Testing

@testable import Access

/// One issuer with an ES256 key, whose set also holds the golden RSA keys, and a verifier that trusts it.
struct TokenFixture {
    static let now = Date(timeIntervalSince1970: 1_800_000_100)
    static let user = "11111111-2222-4333-8444-555555555555"

    let issuer: DevelopmentIssuer
    let keyID: String
    let verifier: TokenVerifier

    init() async throws {
        let issuer = try await DevelopmentIssuer(
            key: ES256PrivateKey(), issuer: "https://auth.example", audience: "slipway")
        guard case .object(var set) = try JSONParser.parse(issuer.keySet), case .array(var keys)? = set["keys"],
            case .object(let own)? = keys.first, case .string(let keyID)? = own["kid"]
        else { throw JSONError(.empty, at: 0) }
        keys.append(["kty": "RSA", "kid": "rsa-1", "n": .string(GoldenTokens.modulus), "e": "AQAB", "use": "sig"])
        keys.append(["kty": "RSA", "kid": "weak", "n": .string(GoldenTokens.weakModulus), "e": "AQAB"])
        keys.append(["kty": "oct", "kid": "shared", "k": "c2VjcmV0"])
        set["keys"] = .array(keys)
        self.issuer = issuer
        self.keyID = keyID
        self.verifier = TokenVerifier(
            policy: TokenPolicy(
                issuer: "https://auth.example", audience: "slipway", skew: .seconds(60), maximumAge: .seconds(86_400)),
            source: .fixed(JSONValue.object(set).encoded()))
    }

    /// Claims that would be accepted, with changes; null takes one away.
    func claims(_ changes: JSONValue = [:]) -> JSONValue {
        var claims = JSONObject([
            ("iss", "https://auth.example"), ("aud", "slipway"), ("sub", .string(Self.user)), ("iat", 1_800_000_000),
            ("exp", 1_800_003_600),
        ])
        if case .object(let changes) = changes {
            for (name, value) in changes.members { claims[name] = value == .null ? nil : value }
        }
        return .object(claims)
    }

    /// A token with any header at all, signed by the ES256 key or with what is given.
    func token(header: JSONValue, claims: JSONValue, signature: [UInt8]? = nil) throws -> String {
        let proper = try self.issuer.sign(claims, type: "at+jwt").split(separator: ".")
        let head = Base64URL.encode(header.encoded())
        return "\(head).\(proper[1]).\(signature.map(Base64URL.encode) ?? String(proper[2]))"
    }

    func check(_ token: String, now: Date = TokenFixture.now) async throws(AccessError) -> TokenClaims {
        try await self.verifier.verify(token, now: now)
    }
}

@Suite("Tokens")
struct TokenVerifierTests {
    @Test("an RS256 token of openssl and an ES256 token of ours are believed")
    func accepted() async throws {
        let fixture = try await TokenFixture()
        let golden = try await fixture.check(GoldenTokens.rs256)
        #expect(golden.user.description == TokenFixture.user)
        #expect(golden.developer == nil)
        #expect(golden.expiresAt == Date(timeIntervalSince1970: 1_800_003_600))

        let developer = DeveloperID(UUID())
        let minted = try fixture.issuer.mint(
            user: golden.user, developer: developer, lifetime: .seconds(60), now: TokenFixture.now)
        #expect(try await fixture.check(minted).developer == developer)
    }

    static let badClaims: [(JSONValue, TokenObjection)] = [
        (["iss": "https://evil.example"], TokenObjection.wrongIssuer), (["iss": .null], .wrongIssuer),
        (["iss": ["https://auth.example"]], .wrongIssuer), (["aud": "another"], .wrongAudience),
        (["aud": .null], .wrongAudience), (["aud": ["a", "b"]], .wrongAudience), (["aud": "slipway "], .wrongAudience),
        (["exp": .null], .noExpiry), (["exp": "1800003600"], .malformed), (["exp": -1], .malformed),
        (["nbf": 1_800_000_161], .notYetValid), (["iat": 1_800_000_161], .notYetValid),
        (["iat": 1_799_913_639], .tooOld), (["iat": .null, "exp": 1_800_086_561], .tooOld),
        (["sub": .null], .badSubject),
        (["sub": "admin"], .badSubject), (["sub": 7], .badSubject), (["developer_id": "x"], .badCompany),
        (["developer_id": 7], .badCompany),
    ]

    @Test(
        "claims that are not for us are refused, each for its own reason",
        arguments: TokenVerifierTests.badClaims)
    func refusedClaims(changes: JSONValue, objection: TokenObjection) async throws {
        let fixture = try await TokenFixture()
        let token = try fixture.issuer.sign(fixture.claims(changes), type: "JWT")
        await #expect(throws: AccessError.tokenRejected(objection)) { try await fixture.check(token) }
    }

    static let badHeaders: [(JSONValue, TokenObjection)] = [
        (["alg": "none", "kid": "KID"], TokenObjection.algorithmNotAllowed),
        (["alg": "None", "kid": "KID"], .algorithmNotAllowed), (["alg": "HS256", "kid": "KID"], .algorithmNotAllowed),
        (["alg": "ES384", "kid": "KID"], .algorithmNotAllowed), (["kid": "KID"], .algorithmNotAllowed),
        (["alg": ["ES256"], "kid": "KID"], .algorithmNotAllowed), (["alg": "ES256"], .noKeyID),
        (["alg": "ES256", "kid": ""], .noKeyID), (["alg": "ES256", "kid": 1], .noKeyID),
        (["alg": "ES256", "kid": "../../../dev/null"], .unknownKey),
        (["alg": "ES256", "kid": "' OR 1=1 --"], .unknownKey), (["alg": "ES256", "kid": "shared"], .unknownKey),
        (["alg": "RS256", "kid": "KID"], .algorithmOfAnotherKey),
        (["alg": "ES256", "kid": "rsa-1"], .algorithmOfAnotherKey),
        (["alg": "ES256", "kid": "KID", "jku": "https://evil.example/keys"], .keyInHeader),
        (["alg": "ES256", "kid": "KID", "x5u": "https://evil.example/cert"], .keyInHeader),
        (["alg": "ES256", "kid": "KID", "jwk": ["kty": "EC"]], .keyInHeader),
        (["alg": "ES256", "kid": "KID", "x5c": ["MII"]], .keyInHeader),
        (["alg": "ES256", "kid": "KID", "crit": ["b64"], "b64": false], .criticalExtension),
        (["alg": "ES256", "kid": "KID", "typ": "dpop+jwt"], .wrongType),
        (["alg": "ES256", "kid": "KID", "typ": 1], .wrongType),
        (["alg": "ES256", "kid": "KID", "extra": "the signature does not cover it"], .badSignature),
    ]

    @Test(
        "SE-1, rows 47 and 49 to 51: headers that attack are refused, each for its own reason",
        arguments: TokenVerifierTests.badHeaders)
    func refusedHeaders(header: JSONValue, objection: TokenObjection) async throws {
        let fixture = try await TokenFixture()
        guard case .object(var object) = header else { return }
        if object["kid"] == "KID" { object["kid"] = .string(fixture.keyID) }
        let token = try fixture.token(header: .object(object), claims: fixture.claims())
        await #expect(throws: AccessError.tokenRejected(objection)) { try await fixture.check(token) }
    }

    @Test("row 48: a token signed with the RSA public key as an HMAC secret is refused, however the key is written")
    func publicKeyAsSecret() async throws {
        let fixture = try await TokenFixture()
        for secret in [GoldenTokens.pem, GoldenTokens.pem + "\n", GoldenTokens.modulus] {
            for algorithm in ["HS256", "RS256"] {
                let header: JSONValue = ["alg": .string(algorithm), "typ": "JWT", "kid": "rsa-1"]
                let message = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(fixture.claims().encoded())
                let code = HMACSHA256.authenticate(Array(message.utf8), key: Array(secret.utf8))
                let token = message + "." + Base64URL.encode(code)
                await #expect(
                    throws: AccessError.tokenRejected(algorithm == "HS256" ? .algorithmNotAllowed : .badSignature)
                ) { try await fixture.check(token) }
            }
        }
    }

    @Test("row 52: signatures of zeros, of nothing, and of another length are refused")
    func zeroSignatures() async throws {
        let fixture = try await TokenFixture()
        let header: JSONValue = ["alg": "ES256", "typ": "at+jwt", "kid": .string(fixture.keyID)]
        for length in [0, 1, 63, 64, 65, 72] {
            let token = try fixture.token(
                header: header, claims: fixture.claims(), signature: [UInt8](repeating: 0, count: length))
            await #expect(throws: AccessError.tokenRejected(.badSignature)) { try await fixture.check(token) }
        }
    }

    @Test("another hash by the right key, a weak key, and a changed payload are refused")
    func wrongSignatures() async throws {
        let fixture = try await TokenFixture()
        await #expect(throws: AccessError.tokenRejected(.algorithmNotAllowed)) {
            try await fixture.check(GoldenTokens.rs512)
        }
        await #expect(throws: AccessError.tokenRejected(.unknownKey)) { try await fixture.check(GoldenTokens.weak) }

        let parts = GoldenTokens.rs256.split(separator: ".")
        let other = Base64URL.encode(fixture.claims(["sub": "99999999-2222-4333-8444-555555555555"]).encoded())
        await #expect(throws: AccessError.tokenRejected(.badSignature)) {
            try await fixture.check("\(parts[0]).\(other).\(parts[2])")
        }
    }

    @Test(
        "texts that are no tokens are refused before anything else",
        arguments: [
            "", ".", "..", "a.b", "a.b.c", "a.b.c.d", "e30.e30.", "e30.e30.e30", "ey J.e30.e30", "e30=.e30.e30",
            "bnVsbA.e30.e30", "W10.e30.e30",
        ])
    func malformed(text: String) async throws {
        let fixture = try await TokenFixture()
        let error = await #expect(throws: AccessError.self) { try await fixture.check(text) }
        #expect(error == .tokenRejected(.malformed) || error == .tokenRejected(.algorithmNotAllowed))
    }

    @Test("a name that stands twice in the claims is refused, so that nobody reads another one than we do")
    func duplicateClaims() async throws {
        let fixture = try await TokenFixture()
        let claims = #"{"sub":"a","sub":"b"}"#
        let header: JSONValue = ["alg": "ES256", "kid": .string(fixture.keyID)]
        let token = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(Array(claims.utf8)) + ".AAAA"
        await #expect(throws: AccessError.tokenRejected(.badSignature)) { try await fixture.check(token) }
    }

    @Test("row 53: a token of 64 KiB is refused without a look at it")
    func tooLong() async throws {
        let fixture = try await TokenFixture()
        let token = try fixture.issuer.sign(
            fixture.claims(["pad": .string(String(repeating: "x", count: 65_536))]), type: "JWT")
        await #expect(throws: AccessError.tokenRejected(.tooLong)) { try await fixture.check(token) }
    }

    @Test("clocks may differ by a minute and no more")
    func skew() async throws {
        let fixture = try await TokenFixture()
        let token = try fixture.issuer.sign(fixture.claims(["nbf": 1_800_000_000]), type: "JWT")
        let at = { (seconds: Double) in Date(timeIntervalSince1970: 1_800_000_000 + seconds) }
        _ = try await fixture.check(token, now: at(-60))
        _ = try await fixture.check(token, now: at(3659))
        await #expect(throws: AccessError.tokenRejected(.notYetValid)) { try await fixture.check(token, now: at(-61)) }
        await #expect(throws: AccessError.tokenExpired) { try await fixture.check(token, now: at(3660)) }
    }

    @Test("types that tokens for APIs have are fine", arguments: ["JWT", "jwt", "at+jwt", "application/at+jwt"])
    func types(type: String) async throws {
        let fixture = try await TokenFixture()
        _ = try await fixture.check(try fixture.issuer.sign(fixture.claims(), type: type))
    }
}
