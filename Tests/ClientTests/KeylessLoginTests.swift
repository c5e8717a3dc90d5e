import Foundation
import Synchronization
import Testing

@testable import Client

@Suite("Logging in without a key")
struct KeylessLoginTests {
    /// A CI and a service at one address, which note what they are asked.
    private final class Counterpart: Sendable {
        let seen = Mutex<[ServerRequest]>([])
        let status: Int

        init(status: Int = 201) { self.status = status }

        func answer(_ request: ServerRequest) -> ServerResponse {
            self.seen.withLock { $0.append(request) }
            guard request.path == "/api/v1/developer/oidc/exchange" else { return .json(200, #"{"value":"vouched"}"#) }
            guard self.status == 201 else {
                return .json(self.status, #"{"title":"Nobody trusts it","status":403,"code":"trust-missing"}"#)
            }
            return .json(201, #"{"access_token":"gsd_lent","developer_id":"d-1","expires_in":900}"#)
        }
    }

    private func login(_ counterpart: Counterpart, _ environment: (String) -> [String: String]) async throws
        -> Credentials
    {
        let server = try await HTTPServer { counterpart.answer($0) }
        let login = try #require(KeylessLogin(environment: environment(server.url)))
        let address = try #require(WebAddress(server.url))
        let result: Result<Credentials, any Error>
        do {
            result = .success(try await login.credentials(at: address, progress: NoProgress()))
        } catch {
            result = .failure(error)
        }
        try await server.stop()
        return try result.get()
    }

    @Test("a token that is there is exchanged for a key, with the company it is for")
    func token() async throws {
        let counterpart = Counterpart()
        let credentials = try await self.login(counterpart) { _ in
            ["SLIPWAY_OIDC_TOKEN": "vouched", "SLIPWAY_OIDC_TRUST_ID": "t-1"]
        }
        #expect(credentials == Credentials(token: "gsd_lent", developer: "d-1"))
        let seen = counterpart.seen.withLock { $0 }
        #expect(seen.count == 1 && seen[0].headers["authorization"] == nil)
        let body = try JSONDecoder().decode([String: String].self, from: Data(seen[0].body))
        #expect(body == ["token": "vouched", "trust_id": "t-1"])
    }

    @Test("GitHub's token is asked for, made for the service alone, with the bearer that only GitHub sees")
    func request() async throws {
        let counterpart = Counterpart()
        _ = try await self.login(counterpart) {
            ["ACTIONS_ID_TOKEN_REQUEST_URL": "\($0)/token?api-version=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner"]
        }
        let seen = counterpart.seen.withLock { $0 }
        #expect(seen.count == 2 && seen[0].headers["authorization"] == "Bearer runner")
        #expect(seen[0].target.hasPrefix("/token?api-version=2&audience=http"))
        #expect(!seen[0].target.hasSuffix("%2F"))
        #expect(seen[1].headers["authorization"] == nil)
    }

    @Test("a service that trusts no such job says so; an environment that vouches for nothing is no login")
    func refused() async throws {
        await #expect(throws: ClientError.self) {
            _ = try await self.login(Counterpart(status: 403)) { _ in ["SLIPWAY_OIDC_TOKEN": "vouched"] }
        }
        #expect(KeylessLogin(environment: ["ACTIONS_ID_TOKEN_REQUEST_URL": "x"]) == nil)
        #expect(KeylessLogin(environment: ["SLIPWAY_OIDC_TOKEN": ""]) == nil)
    }
}
