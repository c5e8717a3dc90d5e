import Client
import Content
import Digests
import Foundation
import Synchronization

/// The service's upload side, held in memory, with faults on request.
final class UploadService: Sendable {
    struct State {
        var status: String?
        var fileSize: Int64 = 0
        var parts: [Int: [UInt8]] = [:]
        /// Parts whose digest the service keeps.
        var digests: [Int: String] = [:]
        var completedHash: String?
        var puts: [Int] = []
        var signings = 0
        var aborts = 0
        var polls = 0
        /// Answers given instead of the right one, once each, by what begins the request.
        var faults: [(prefix: String, response: ServerResponse)] = []
        var outcome = "ready"
        var streamsBreak = false
        var signs = true
        /// Digests of chunks that the company has stored.
        var stored: Set<Digest> = []
        var resizes = 0
        /// Called with each part's number before it is taken.
        var beforePart: (@Sendable (Int) -> Void)?
    }

    static let token = "secret"
    let game = GameID(UUID())
    let version = VersionID(UUID())
    let partSize: Int64
    let state: Mutex<State>

    init(partSize: Int64 = 10_000, _ state: sending State = State()) {
        self.partSize = partSize
        self.state = Mutex(state)
    }

    /// The bytes that arrived, in order.
    var content: [UInt8] {
        self.state.withLock { state in state.parts.keys.sorted().flatMap { state.parts[$0] ?? [] } }
    }

    func answer(_ request: ServerRequest) -> ServerResponse {
        let line = "\(request.method) \(request.target)"
        if let fault = self.state.withLock({ state -> ServerResponse? in
            guard let index = state.faults.firstIndex(where: { line.hasPrefix($0.prefix) }) else { return nil }
            return state.faults.remove(at: index).response
        }) {
            return fault
        }
        if request.path.hasPrefix("/storage/") { return self.put(request, isSigned: true) }
        guard request.headers["authorization"] == "Bearer \(Self.token)" else {
            return .json(401, #"{"title":"Who are you?","status":401,"code":"unauthenticated"}"#)
        }
        let base = "/api/v1/developer/games"
        let versions = "\(base)/\(self.game)/versions"
        let upload = "\(versions)/\(self.version)/upload"
        switch "\(request.method) \(request.path)" {
        case "GET \(base)":
            return .json(200, #"{"items":[{"game_id":"\#(self.game)","title":"Known"}],"next_cursor":null}"#)
        case "POST \(base)": return .json(201, #"{"game_id":"\#(self.game)","title":"New"}"#)
        case "GET \(base)/\(self.game)": return .json(200, #"{"game_id":"\#(self.game)","title":"Known"}"#)
        case "POST \(versions)": return self.begin(request)
        case "GET \(versions)": return .json(200, #"{"items":[\#(self.document)],"next_cursor":null}"#)
        case "GET \(versions)/\(self.version)":
            return self.state.withLock { state in
                state.polls += 1
                if state.status == "processing" { state.status = state.outcome }
                return .json(200, self.document(state))
            }
        case "GET \(upload)": return .json(200, self.state.withLock { self.plan($0) })
        case "PUT \(upload)": return self.resize(request)
        case "POST \(upload)/chunks", "POST /api/v1/developer/chunks/missing":
            let digests = stride(from: 0, to: request.body.count, by: 32).map {
                Digest(bytes: Array(request.body[$0..<$0 + 32]))
            }
            let missing = self.state.withLock { state in digests.indices.filter { !state.stored.contains(digests[$0]) }
            }
            return .json(200, #"{"missing":[\#(missing.map(String.init).joined(separator: ","))]}"#)
        case "DELETE \(upload)":
            self.state.withLock { state in
                state.aborts += 1
                state.status = "failed"
                state.parts = [:]
            }
            return .json(204, "")
        case "POST \(upload)/parts" where self.state.withLock({ !$0.signs }):
            return .json(409, #"{"title":"No signing here","status":409,"code":"signing-unsupported"}"#)
        case "POST \(upload)/parts":
            let numbers =
                (try? JSONDecoder().decode([String: [Int]].self, from: Data(request.body)))?["part_numbers"] ?? []
            self.state.withLock { $0.signings += 1 }
            return .json(200, #"{"parts":[\#(numbers.map(self.signed).joined(separator: ","))]}"#)
        case "POST \(upload)/complete": return self.complete(request)
        case "GET /api/v1/developer/jobs/77/events": return self.events()
        case let line where line.hasPrefix("PUT \(upload)/parts/"): return self.put(request, isSigned: false)
        default: return .json(404, #"{"title":"Not here","status":404,"code":"not-found"}"#)
        }
    }

    private func begin(_ request: ServerRequest) -> ServerResponse {
        struct Body: Decodable {
            let file_size: Int64
        }
        return self.state.withLock { state in
            guard state.status == nil || state.status == "failed",
                let body = try? JSONDecoder().decode(Body.self, from: Data(request.body))
            else { return .json(409, #"{"title":"The version exists","status":409,"code":"version-exists"}"#) }
            state.status = "uploading"
            state.fileSize = body.file_size
            return .json(201, self.document(state))
        }
    }

    private func resize(_ request: ServerRequest) -> ServerResponse {
        let body = try? JSONDecoder().decode([String: Int64].self, from: Data(request.body))
        return self.state.withLock { state in
            state.resizes += 1
            state.fileSize = body?["file_size"] ?? 0
            state.parts = [:]
            return .json(200, self.plan(state))
        }
    }

    private func put(_ request: ServerRequest, isSigned: Bool) -> ServerResponse {
        let number = Int(request.path.split(separator: "/").last ?? "") ?? 0
        let digest = Digest.sha256(of: request.body)
        guard request.headers["content-digest"] == "sha-256=:\(Data(digest.bytes).base64EncodedString()):",
            (request.headers["authorization"] == nil) == isSigned
        else { return .json(422, #"{"title":"Other bytes","status":422,"code":"digest-mismatch"}"#) }
        self.state.withLock { $0.beforePart }?(number)
        self.state.withLock { state in
            state.puts.append(number)
            state.parts[number] = request.body
            state.digests[number] = digest.description
        }
        return .answer(200, headers: ["ETag": "\"\(number)\""], body: [])
    }

    private func complete(_ request: ServerRequest) -> ServerResponse {
        let body = try? JSONDecoder().decode([String: String].self, from: Data(request.body))
        return self.state.withLock { state in
            guard state.parts.count == self.partCount(state) else {
                return .json(422, #"{"title":"Parts are missing","status":422,"code":"upload-incomplete"}"#)
            }
            state.completedHash = body?["file_hash"]
            state.status = "processing"
            return .json(202, self.document(state))
        }
    }

    private func events() -> ServerResponse {
        self.state.withLock { state in
            guard !state.streamsBreak else { return .drop }
            let before = self.document(state)
            state.status = state.outcome
            let text =
                ": hello\n\nid: 1\nevent: version\ndata: \(before)\n\nid: 2\nevent: version\ndata: \(self.document(state))\n\n"
            return .answer(200, headers: ["Content-Type": "text/event-stream"], body: Array(text.utf8))
        }
    }

    // MARK: documents

    private var document: String { self.state.withLock { self.document($0) } }

    private func document(_ state: State) -> String {
        let failure =
            state.status == "failed" && state.completedHash != nil
            ? #"{"code":"malware-found","stage":"scan","message":"EICAR was found","hint":"Remove it.","path":"a.txt","retryable":false}"#
            : "null"
        return """
            {"version_id":"\(self.version)","game_id":"\(self.game)","version_string":"1.0","status":"\(state.status ?? "")",\
            "file_hash":\(state.completedHash.map { "\"\($0)\"" } ?? "null"),"file_size":\(state.fileSize),"job_id":"77",\
            "failure":\(failure),"stages":[{"stage":"ingest","state":"running","bytes_done":5,"bytes_total":10}],\
            "upload":\(state.status == "uploading" ? self.plan(state) : "null")}
            """
    }

    private func partCount(_ state: State) -> Int { max(1, Int((state.fileSize - 1) / self.partSize + 1)) }

    private func plan(_ state: State) -> String {
        let received = state.parts.sorted { $0.key < $1.key }.map { number, bytes in
            let digest = state.digests[number].map { "\"\($0)\"" } ?? "null"
            return #"{"part_number":\#(number),"size":\#(bytes.count),"etag":"x","digest":\#(digest)}"#
        }
        return """
            {"upload_id":"u","state":"open","part_size":\(self.partSize),"part_count":\(self.partCount(state)),\
            "file_size":\(state.fileSize),"received":[\(received.joined(separator: ","))],"parts":[\(state.signs ? self.signed(1) : "")],\
            "stream_url_template":"/api/v1/developer/games/\(self.game)/versions/\(self.version)/upload/parts/{part_number}"}
            """
    }

    private func signed(_ number: Int) -> String {
        #"{"part_number":\#(number),"method":"PUT","url":"/storage/v1/parts/\#(number)","headers":{"X-Signed":"yes"},"expires_at":"2026-01-01T00:00:00Z"}"#
    }
}
