public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Where the issuer's public keys come from, as a JSON Web Key Set (RFC 7517 §5).
public struct JWKSource: Sendable {
    let fetch: @Sendable () async throws -> [UInt8]

    /// Bytes of a key set, at most.
    static let maximumSize = 256 * 1024

    /// - Parameter fetch: gives the key set's text; it must end by itself in bounded time.
    public init(fetch: @escaping @Sendable () async throws -> [UInt8]) { self.fetch = fetch }

    /// Keys that never change.
    public static func fixed(_ json: [UInt8]) -> JWKSource { JWKSource { json } }

    /// Keys at an address.
    ///
    /// - Parameters:
    ///   - client: its configuration says whether redirects are followed; they should not be.
    ///   - timeout: for the whole answer.
    public static func url(_ url: String, client: HTTPClient, timeout: Duration) -> JWKSource {
        JWKSource {
            var request = HTTPClientRequest(url: url)
            request.headers.add(name: "accept", value: "application/jwk-set+json, application/json")
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            guard response.status == .ok else {
                throw AccessError.issuerUnavailable(reason: "the issuer's keys: status \(response.status.code)")
            }
            let body = try await response.body.collect(upTo: Self.maximumSize)
            return Array(body.readableBytesView)
        }
    }
}
