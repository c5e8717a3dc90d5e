import Foundation
import SigV4
import Testing

/// `s3-sigv4-vectors.json`: nine signatures of AWS's documentation, and more that were cross-checked with botocore.
struct VectorFile: Decodable {
    let accessKey: String
    let secretKey: String
    let region: String
    let service: String
    let cases: [Vector]

    struct Vector: Decodable, CustomTestStringConvertible {
        let kind: String
        let name: String
        let method: String?
        let key: String?
        let query: [[String]]?
        let headers: [String: String]?
        let payloadHash: String?
        let expires: Int?
        let sessionToken: String?
        let canonicalRequest: String?
        let stringToSign: String?
        let signature: String?
        let authorization: String?
        let url: String?
        let seedSignature: String?
        let chunks: [Chunk]?

        var testDescription: String { self.name }

        var request: UnsignedRequest {
            UnsignedRequest(
                method: self.method ?? "", host: self.headers?["host"] ?? "", path: "/\(self.key ?? "")",
                query: (self.query ?? []).map { UnsignedRequest.Field($0[0], $0[1]) },
                headers: (self.headers ?? [:]).filter { $0.key != "host" }.map {
                    UnsignedRequest.Field($0.key, $0.value)
                })
        }
    }

    struct Chunk: Decodable {
        let size: Int
        let stringToSign: String
        let signature: String
    }

    static let shared: VectorFile = {
        do {
            let url = try #require(Bundle.module.url(forResource: "s3-sigv4-vectors", withExtension: "json"))
            return try JSONDecoder().decode(VectorFile.self, from: Data(contentsOf: url))
        } catch {
            preconditionFailure("the vectors are not readable: \(error)")
        }
    }()

    static func cases(_ kind: String) -> [Vector] { self.shared.cases.filter { $0.kind == kind } }

    /// All vectors are of 24 May 2013, 00:00:00 UTC.
    var scope: SigningScope {
        SigningScope(time: SigningTime(secondsSince1970: 1_369_353_600), region: self.region, service: self.service)
    }

    func signer(sessionToken: String?) -> Signer<LibcryptoHash> {
        let credentials = Credentials(
            accessKey: self.accessKey, secretKey: self.secretKey, sessionToken: sessionToken)
        let hash = LibcryptoHash()
        return Signer(
            credentials: credentials, scope: self.scope,
            key: SigningKey(credentials, scope: self.scope, hash: hash), hash: hash)
    }
}
