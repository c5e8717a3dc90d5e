import JWTKit
import Storefront

/// One public key of the issuer, bound to the one algorithm it is for.
///
/// The binding is what defeats a token that names another algorithm for somebody else's key (RFC 8725 §3.1).
struct VerificationKey: Equatable, Sendable {
    enum Algorithm: String, Sendable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    let algorithm: Algorithm
    private let verifier: any JWTAlgorithm
    /// As the issuer wrote it.
    private let jwk: JSONObject

    /// - Parameter jwk: one key of a set.
    /// - Returns: nil for keys that are not for us: of another kind, for encryption, or too weak.
    init?(_ jwk: JSONObject) async {
        if let use = jwk["use"], use != "sig" { return nil }
        let declared = jwk["alg"]
        let key: JWK
        switch jwk["kty"] {
        case "EC":
            guard jwk["crv"] == "P-256", declared == nil || declared == "ES256", case .string(let x)? = jwk["x"],
                case .string(let y)? = jwk["y"]
            else { return nil }
            self.algorithm = .es256
            key = JWK.ecdsa(.es256, identifier: Self.identifier, x: x, y: y, curve: .p256)
        case "RSA":
            guard declared == nil || declared == "RS256", case .string(let modulus)? = jwk["n"],
                case .string(let exponent)? = jwk["e"], let bytes = Base64URL.decode(modulus.utf8),
                bytes.drop(while: { $0 == 0 }).count >= 256
            else { return nil }
            self.algorithm = .rs256
            key = JWK.rsa(.rs256, identifier: Self.identifier, modulus: modulus, exponent: exponent)
        default: return nil
        }
        let collection = JWTKeyCollection()
        guard let verifier = try? await collection.add(jwk: key).getKey(for: Self.identifier) else { return nil }
        self.verifier = verifier
        self.jwk = jwk
    }

    static func == (left: VerificationKey, right: VerificationKey) -> Bool { left.jwk == right.jwk }

    private static let identifier: JWKIdentifier = "key"

    /// Whether the signature is this key's for exactly these bytes.
    func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        (try? self.verifier.verify(signature, signs: message)) ?? false
    }
}
