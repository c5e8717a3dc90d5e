import FoundationEssentials

/// The service's API for operators, `/ops/v1`.
///
/// Every call tries again what may pass, and throws ``ClientError``.
public final class OperatorClient: Sendable {
    private let session: HTTPSession
    private let root: WebAddress

    public init(_ settings: ServerSettings, progress: any ProgressSink) {
        self.session = HTTPSession(server: settings.server, credentials: settings.credentials, progress: progress)
        self.root = settings.server.appending("/ops/v1")
    }

    /// Closes all connections.
    ///
    /// No call may follow.
    public func shutdown() async { await self.session.shutdown() }

    /// - Parameters:
    ///   - path: below `/ops/v1`; each component a text that is encoded here.
    ///   - query: what has no value is left out.
    public func get<Document: Decodable & Sendable>(
        _ path: [String], query: [(name: String, value: String?)] = [], as type: Document.Type
    ) async throws -> OperatorReply<Document> {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(WebAddress.encode($0))" } }
        let suffix = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
        return try await self.send(HTTPRequest(.get, self.address(path, suffix)))
    }

    public func change<Document: Decodable & Sendable>(
        _ path: [String], node: String? = nil, _ body: OperatorBody, as type: Document.Type
    ) async throws -> OperatorReply<Document> {
        let suffix = node.map { "?node=\(WebAddress.encode($0))" } ?? ""
        return try await self.send(
            HTTPRequest(.patch, self.address(path, suffix), headers: Self.json, body: try body.encoded()))
    }

    public func post<Document: Decodable & Sendable>(
        _ path: [String], _ body: OperatorBody, as type: Document.Type
    ) async throws -> OperatorReply<Document> {
        try await self.send(HTTPRequest(.post, self.address(path, ""), headers: Self.json, body: try body.encoded()))
    }

    private static let json = [(name: "Content-Type", value: "application/json")]

    private func address(_ path: [String], _ suffix: String) -> WebAddress {
        self.root.appending(path.map { "/" + WebAddress.encode($0) }.joined() + suffix)
    }

    private func send<Document: Decodable & Sendable>(_ request: HTTPRequest) async throws -> OperatorReply<Document> {
        let answer = try await self.session.send(request)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return OperatorReply(
                document: try decoder.decode(Document.self, from: Data(answer.body)),
                text: String(decoding: answer.body, as: UTF8.self))
        } catch {
            throw ClientError.unexpectedAnswer(url: answer.address.publicText, reason: "\(error)")
        }
    }
}

/// An answer, read and as it came.
public struct OperatorReply<Document: Sendable>: Sendable {
    public let document: Document
    /// JSON, one line.
    public let text: String
}

/// What is sent: members that are absent stay as they are, null takes a setting back.
public struct OperatorBody: Sendable {
    public enum Value: Encodable, Sendable, Equatable {
        case null
        case number(Int)
        case decimal(Double)
        case text(String)
        case flag(Bool)
        case list([String])
        case object([String: Value])

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .null: try container.encodeNil()
            case .number(let number): try container.encode(number)
            case .decimal(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .flag(let flag): try container.encode(flag)
            case .list(let items): try container.encode(items)
            case .object(let members): try container.encode(members)
            }
        }
    }

    public private(set) var members: [String: Value] = [:]

    public init(_ members: [String: Value] = [:]) { self.members = members }

    public var isEmpty: Bool { self.members.isEmpty }

    /// Nil leaves the member out.
    public subscript(name: String) -> Value? {
        get { self.members[name] }
        set { self.members[name] = newValue }
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(self.members))
    }
}
