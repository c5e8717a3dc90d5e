public import Content
import Digests
public import FoundationEssentials
import JWTKit
public import Storefront

/// An issuer of our own for a machine that has none: one ES256 key in a file, tokens for whoever asks in process.
///
/// For `slipway up`; a platform has its own Auth Service.
public struct DevelopmentIssuer: Sendable {
    public let issuer: String
    public let audience: String
    /// The public half, as a JSON Web Key Set.
    public let keySet: [UInt8]
    private let keyID: String
    private let signer: any JWTAlgorithm

    /// - Parameter path: a PEM file with the private key; it is made, for its owner's eyes only, when it is not there.
    /// - Throws: Foundation's error when the file cannot be read or written, JWTKit's when it holds another kind of key.
    public init(keyAt path: String, issuer: String, audience: String) async throws {
        let key: ES256PrivateKey
        if FileManager.default.fileExists(atPath: path) {
            key = try ES256PrivateKey(pem: Array(try Data(contentsOf: URL(filePath: path))))
        } else {
            key = ES256PrivateKey()
            try Self.write(key.pemRepresentation, to: path)
        }
        try await self.init(key: key, issuer: issuer, audience: audience)
    }

    init(key: ES256PrivateKey, issuer: String, audience: String) async throws {
        guard let parameters = key.parameters else { throw CocoaError(.fileReadCorruptFile) }
        let x = Self.unpadded(parameters.x), y = Self.unpadded(parameters.y)
        // The key's name is its thumbprint (RFC 7638 §3): the required members in alphabetical order.
        let thumbprint: JSONValue = ["crv": "P-256", "kty": "EC", "x": .string(x), "y": .string(y)]
        let keyID = Base64URL.encode(Digest.sha256(of: thumbprint.encoded()).bytes)
        let jwk: JSONValue = [
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": .string(keyID), "x": .string(x),
            "y": .string(y),
        ]
        self.issuer = issuer
        self.audience = audience
        self.keySet = (["keys": [jwk]] as JSONValue).encoded()
        self.keyID = keyID
        let collection = JWTKeyCollection()
        self.signer = try await collection.add(ecdsa: key, kid: "key").getKey(for: "key")
    }

    /// Keys for a ``TokenVerifier`` in the same process.
    public var source: JWKSource { .fixed(self.keySet) }

    /// A token for a person, good from now on.
    ///
    /// - Parameter developer: the company it is for; nil leaves the choice to each request.
    public func mint(user: UserID, developer: DeveloperID?, lifetime: Duration, now: Date) throws -> String {
        let issued = Int64(now.timeIntervalSince1970)
        var claims = JSONObject([
            ("iss", .string(self.issuer)), ("aud", .string(self.audience)), ("sub", .string(user.description)),
            ("iat", .integer(issued)), ("nbf", .integer(issued)),
            ("exp", .integer(issued + lifetime.components.seconds)), ("jti", .string(UUID().uuidString.lowercased())),
        ])
        if let developer { claims["developer_id"] = .string(developer.description) }
        return try self.sign(.object(claims), type: "at+jwt")
    }

    /// A token with any claims at all.
    public func sign(_ claims: JSONValue, type: String) throws -> String {
        let header: JSONValue = ["alg": "ES256", "typ": .string(type), "kid": .string(self.keyID)]
        let message = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(claims.encoded())
        return message + "." + Base64URL.encode(try self.signer.sign(Array(message.utf8)))
    }

    /// Base64 as JWTKit gives it, in the alphabet of JWKs.
    private static func unpadded(_ base64: String) -> String {
        var text = ""
        for character in base64.unicodeScalars {
            switch character {
            case "+": text.unicodeScalars.append("-")
            case "/": text.unicodeScalars.append("_")
            case "=": break
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    private static func write(_ pem: String, to path: String) throws {
        let fresh = path + ".new"
        guard
            FileManager.default.createFile(
                atPath: fresh, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        let handle = URL(filePath: fresh)
        try Data(pem.utf8).write(to: handle)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: fresh)
        try FileManager.default.moveItem(atPath: fresh, toPath: path)
    }
}
