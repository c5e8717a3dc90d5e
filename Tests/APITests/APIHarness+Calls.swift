import API
import Access
import Accounts
import AsyncHTTPClient
import Content
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Storefront
import Testing

/// Who calls.
enum Caller: Sendable {
    case nobody
    case token(String)
    case key(String)
}

/// What came back.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var json: JSONValue { (try? JSONParser.parse(self.bytes)) ?? .null }
    var code: String? { self.json["code"].text }

    func header(_ name: String) -> String? { self.headers.first(name: name) }
}

/// A company with one person of a role.
struct Member: Sendable {
    let developer: DeveloperID
    let user: UserID
    let caller: Caller
}

extension APIHarness {
    static let prefix = "/api/v1/developer"
    /// First words of paths under the prefix, which calls leave out.
    private static let families = [
        "games", "accounts", "jobs", "apikeys", "audit", "invitations", "oidc", "webhooks", "events", "sdk",
        "notifications", "finance", "analytics", "pricing",
    ]

    /// Calls a route; of every refusal it checks that it is a problem as RFC 9457 has it.
    func call(
        _ method: HTTPMethod, _ path: String, as caller: Caller = .nobody, json: JSONValue? = nil,
        bytes: [UInt8]? = nil,
        headers: [(String, String)] = [], at location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let isOurs = Self.families.contains { path.hasPrefix("/\($0)") }
        var request = HTTPClientRequest(url: self.address(isOurs ? Self.prefix + path : path))
        request.method = method
        switch caller {
        case .nobody: break
        case .token(let token): request.headers.add(name: "authorization", value: "Bearer \(token)")
        case .key(let key): request.headers.add(name: "x-api-key", value: key)
        }
        if let json {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: json.encoded()))
        }
        if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await self.client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 64 << 20)
        let answer = Answer(
            status: Int(response.status.code), headers: response.headers, bytes: Array(body.readableBytesView))
        if answer.status >= 400, method != .HEAD { Self.checkProblem(answer, at: location) }
        return answer
    }

    /// Codes whose problem type somebody else has given a name.
    private static let registeredTypes = [
        "rate-limited": "quota-exceeded", "mismatching-upload-offset": "mismatching-upload-offset",
        "completed-upload": "completed-upload", "inconsistent-upload-length": "inconsistent-upload-length",
    ]

    static func checkProblem(_ answer: Answer, at location: SourceLocation) {
        #expect(answer.header("content-type") == "application/problem+json", sourceLocation: location)
        let problem = answer.json
        #expect(problem["status"].number == Int64(answer.status), "\(problem)", sourceLocation: location)
        #expect(problem["request_id"].text == answer.header("x-request-id"), sourceLocation: location)
        let code = problem["code"].text
        let type =
            Self.registeredTypes[code ?? ""].map { "https://iana.org/assignments/http-problem-types#\($0)" }
            ?? code.map { "urn:slipway:problem:\($0)" }
        #expect(code != nil && problem["type"].text == type, sourceLocation: location)
        #expect(problem["title"].text?.isEmpty == false && problem["instance"].text != nil, sourceLocation: location)
        let text = problem.description
        for word in ["SELECT", "UPDATE", "INSERT", "postgres", ".swift", "/tmp", "Error("] {
            #expect(!text.contains(word), "\(text)", sourceLocation: location)
        }
        if answer.status == 401 { #expect(answer.header("www-authenticate") != nil, sourceLocation: location) }
        if answer.status == 503 || answer.status == 429 {
            #expect(answer.header("retry-after") != nil, sourceLocation: location)
        }
    }

    /// A person nobody knows yet.
    func person(developer: DeveloperID? = nil) throws -> (user: UserID, caller: Caller) {
        let user = UserID(UUID())
        return (user, try self.caller(user, developer: developer))
    }

    func caller(_ user: UserID, developer: DeveloperID? = nil) throws -> Caller {
        .token(try self.issuer.mint(user: user, developer: developer, lifetime: .seconds(600), now: Date()))
    }

    /// A company of its own, and its founder.
    func company(_ name: String = "Studio") async throws -> Member {
        let (user, caller) = try self.person()
        let company = try await self.services.accounts.register(name: name, legalDetails: nil, by: user)
        return Member(developer: company.id, user: user, caller: caller)
    }

    /// Another member of a company.
    func member(_ role: Role, of developer: DeveloperID) async throws -> Member {
        let (user, caller) = try self.person()
        _ = try await self.services.accounts.add(user, as: role, to: developer)
        return Member(developer: developer, user: user, caller: caller)
    }

    func game(of member: Member, title: String = "Game") async throws -> String {
        let answer = try await self.call(.POST, "/games", as: member.caller, json: ["title": .string(title)])
        return try #require(answer.json["game_id"].text)
    }

    /// A version whose upload has begun: its path and its document.
    func version(
        of game: String, by member: Member, _ version: String = "1.0", size: Int, _ more: JSONValue = [:]
    ) async throws -> (path: String, document: JSONValue) {
        var body = JSONObject([("version_string", .string(version)), ("file_size", .integer(size))])
        if case .object(let more) = more { for (name, value) in more.members { body[name] = value } }
        let answer = try await self.call(.POST, "/games/\(game)/versions", as: member.caller, json: .object(body))
        #expect(answer.status == 201, "\(answer.json)")
        let id = try #require(answer.json["version_id"].text)
        return ("/games/\(game)/versions/\(id)", answer.json)
    }
}

extension JSONValue {
    subscript(name: String) -> JSONValue {
        if case .object(let object) = self { object[name] ?? .null } else { .null }
    }

    subscript(index: Int) -> JSONValue { self.items.indices.contains(index) ? self.items[index] : .null }

    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var number: Int64? { if case .number(let number) = self { number.int64 } else { nil } }
    var names: [String] { if case .object(let object) = self { object.members.map(\.name) } else { [] } }
}

extension APIHarness {
    /// A service of the platform, with rights of its own.
    func service(_ name: String, _ scope: String) throws -> Caller {
        let now = Int64(Date().timeIntervalSince1970)
        return .token(
            try self.issuer.sign(
                [
                    "iss": "test", "aud": "slipway", "sub": .string(name), "scope": .string(scope),
                    "iat": .integer(now),
                    "exp": .integer(now + 600),
                ], type: "at+jwt"))
    }
}
