import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import SigV4

/// Short requests to the services that give out credentials.
struct MetadataClient: Sendable {
    let http: HTTPClient

    /// An answer is small and near; waiting longer only delays the message that there is none.
    private static let timeout = TimeAmount.seconds(5)
    private static let answerLimit = 1 << 20

    /// - Returns: the body of an answer with status 200.
    /// - Throws: ``ObjectStoreError/noCredentials(reason:)``, which never shows what was sent.
    func body(
        _ method: HTTPMethod, _ url: String, headers: [String: String] = [:], sending text: String? = nil
    ) async throws(ObjectStoreError) -> [UInt8] {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let text { request.body = .bytes(ByteBuffer(string: text)) }
        do {
            let response = try await self.http.execute(request, timeout: Self.timeout)
            let bytes = Array(try await response.body.collect(upTo: Self.answerLimit).readableBytesView)
            guard response.status == .ok else {
                let code = XMLElement(document: bytes)?.all("Error").first?["Code"] ?? ""
                throw ObjectStoreError.noCredentials(
                    reason: "\(url.prefix { $0 != "?" }) answered \(response.status.code) \(code)")
            }
            return bytes
        } catch let error as ObjectStoreError {
            throw error
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .noCredentials(reason: "\(url.prefix { $0 != "?" }) did not answer")
        }
    }

    /// Credentials as the metadata services write them.
    func credentials(_ url: String, headers: [String: String]) async throws(ObjectStoreError) -> TemporaryCredentials {
        struct Answer: Decodable {
            let AccessKeyId: String
            let SecretAccessKey: String
            let Token: String?
            let Expiration: String?
        }
        let bytes = try await self.body(.GET, url, headers: headers)
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes)) else {
            throw .noCredentials(reason: "\(url) answered without credentials")
        }
        return TemporaryCredentials(
            Credentials(accessKey: answer.AccessKeyId, secretKey: answer.SecretAccessKey, sessionToken: answer.Token),
            expiresAt: answer.Expiration.flatMap(HTTPDate.parseISO))
    }
}
