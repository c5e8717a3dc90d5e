import Content
import FoundationEssentials

/// Logs in without a kept secret: a CI vouches for the job by a token of OpenID Connect, and the service lends a key for it.
///
/// The company has to trust the issuer and the repository beforehand (`POST /oidc/trusts`).
public struct KeylessLogin: Equatable, Sendable {
    /// Where the CI's token comes from.
    enum Source: Equatable, Sendable {
        /// It is there already, as GitLab's `id_tokens` put it into a variable.
        case token(String)
        /// It is asked for, as GitHub Actions wants it.
        case request(url: String, bearer: String)
    }

    let source: Source
    /// Which of several trusts is meant; nil when there is only one.
    let trust: String?

    /// - Returns: nil when the environment is not that of a CI which vouches for jobs.
    public init?(environment: [String: String]) {
        let said = environment.filter { !$0.value.isEmpty }
        if let token = said["SLIPWAY_OIDC_TOKEN"] {
            self.source = .token(token)
        } else if let url = said["ACTIONS_ID_TOKEN_REQUEST_URL"], let bearer = said["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] {
            self.source = .request(url: url, bearer: bearer)
        } else {
            return nil
        }
        self.trust = said["SLIPWAY_OIDC_TRUST_ID"]
    }

    /// Exchanges the CI's token for a key of the service.
    ///
    /// - Parameter server: the service; the token is made for it alone.
    /// - Throws: ``ClientError``: ``ClientError/notAllowed(_:)`` when the service trusts no such job.
    public func credentials(at server: WebAddress, progress: any ProgressSink) async throws -> Credentials {
        let session = HTTPSession(server: server, credentials: nil, progress: progress)
        do {
            let token = try await self.token(for: server, session)
            let credentials = try await self.exchange(token, at: server, session)
            await session.shutdown()
            return credentials
        } catch {
            await session.shutdown()
            throw error
        }
    }

    private func token(for server: WebAddress, _ session: HTTPSession) async throws -> String {
        switch self.source {
        case .token(let token): return token
        case .request(let url, let bearer):
            let separator = url.contains("?") ? "&" : "?"
            let audience = server.text.hasSuffix("/") ? String(server.text.dropLast()) : server.text
            guard let address = WebAddress("\(url)\(separator)audience=\(WebAddress.encode(audience))") else {
                throw ClientError.invalidURL(url)
            }
            let answer = try await session.send(
                HTTPRequest(.get, address, headers: [("Authorization", "Bearer \(bearer)")], showsCredentials: false))
            return try Self.decode(Vouched.self, answer).value
        }
    }

    private func exchange(_ token: String, at server: WebAddress, _ session: HTTPSession) async throws -> Credentials {
        var body = ["token": token]
        body["trust_id"] = self.trust
        let answer = try await session.send(
            HTTPRequest(
                .post, server.appending("/api/v1/developer/oidc/exchange"),
                headers: [("Content-Type", "application/json")], body: Array(try JSONEncoder().encode(body))))
        let lent = try Self.decode(Lent.self, answer)
        return Credentials(token: lent.token, developer: lent.developer)
    }

    private struct Vouched: Decodable {
        let value: String
    }

    private struct Lent: Decodable {
        let token: String
        let developer: String?

        private enum CodingKeys: String, CodingKey {
            case token = "access_token"
            case developer = "developer_id"
        }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ answer: HTTPAnswer) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw ClientError.unexpectedAnswer(url: answer.address.publicText, reason: "no token in it")
        }
    }
}
