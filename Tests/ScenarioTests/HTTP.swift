import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Requests to the program, as any client would send them.
enum HTTP {
    static func send(
        _ method: HTTPMethod, _ url: String, token: String? = nil, json: [String: Any]? = nil, bytes: [UInt8]? = nil
    ) async throws -> (status: Int, body: [UInt8]) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let json {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: json)))
        } else if let bytes {
            request.body = .bytes(ByteBuffer(bytes: bytes))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 256 << 20)
        return (Int(response.status.code), Array(body.readableBytesView))
    }

    static func status(_ method: HTTPMethod, _ url: String) async -> Int? {
        try? await Self.send(method, url).status
    }
}

/// One company's view of a running program.
struct Studio {
    let prefix: String
    let token: String

    struct Unexpected: Error { let what: String }

    init(_ slipway: SlipwayProcess) throws {
        let file = slipway.directory.appending(path: "dev.json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: String] ?? [:]
        self.token = json["token"] ?? ""
        self.prefix = "\(slipway.base)/api/v1/developer"
    }

    init(prefix: String, token: String) {
        self.prefix = prefix
        self.token = token
    }

    func json(
        _ method: HTTPMethod, _ path: String, _ body: [String: Any]? = nil, expecting status: Int
    ) async throws -> [String: Any] {
        let answer = try await HTTP.send(method, self.prefix + path, token: self.token, json: body)
        guard answer.status == status else {
            throw Unexpected(
                what: "\(method) \(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        return try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] ?? [:]
    }

    func createGame(_ title: String) async throws -> String {
        try await self.json(.POST, "/games", ["title": title], expecting: 201)["game_id"] as? String ?? ""
    }

    /// Reserves a version and sends all its parts; does not commit.
    func upload(_ bytes: [UInt8], as version: String, of game: String) async throws -> String {
        let created = try await self.json(
            .POST, "/games/\(game)/versions", ["version_string": version, "file_size": bytes.count], expecting: 201)
        let id = created["version_id"] as? String ?? ""
        let plan = created["upload"] as? [String: Any] ?? [:]
        let size = plan["part_size"] as? Int ?? 1
        for number in 1...(plan["part_count"] as? Int ?? 1) {
            let part = Array(bytes[(number - 1) * size..<min(number * size, bytes.count)])
            let signed = try await self.json(
                .POST, "/games/\(game)/versions/\(id)/upload/parts", ["part_numbers": [number]], expecting: 200)
            let parts = signed["parts"] as? [[String: Any]] ?? []
            let answer = try await HTTP.send(.PUT, parts.first?["url"] as? String ?? "", bytes: part)
            guard answer.status == 200 else { throw Unexpected(what: "part \(number): \(answer.status)") }
        }
        return id
    }

    func commit(_ version: String, of game: String) async throws {
        _ = try await self.json(.POST, "/games/\(game)/versions/\(version)/upload/complete", [:], expecting: 202)
    }

    func version(_ version: String, of game: String) async throws -> [String: Any] {
        try await self.json(.GET, "/games/\(game)/versions/\(version)", expecting: 200)
    }

    /// Waits until the version is ready or failed.
    func outcome(of version: String, of game: String) async throws -> [String: Any] {
        for _ in 0..<60 {
            let record = try await self.json(.GET, "/games/\(game)/versions/\(version)?wait=5s", expecting: 200)
            if let status = record["status"] as? String, status == "ready" || status == "failed" { return record }
        }
        throw Unexpected(what: "the version came to no end in five minutes")
    }

    func manifest(of version: String, of game: String) async throws -> [UInt8] {
        let answer = try await HTTP.send(
            .GET, "\(self.prefix)/games/\(game)/versions/\(version)/manifest", token: self.token)
        guard answer.status == 200 else { throw Unexpected(what: "manifest: \(answer.status)") }
        return answer.body
    }
}
