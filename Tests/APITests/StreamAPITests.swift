import API
import AsyncHTTPClient
import BuildStore
import Content
import FoundationEssentials
import JobLifecycle
import JobQueue
import NIOCore
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Waiting over HTTP")
struct StreamAPITests {
    struct Watch {
        let path: String
        let id: VersionID
        let job: String
    }

    private static func uploaded(_ api: APIHarness, _ admin: Member) async throws -> Watch {
        let (path, document) = try await api.version(of: try await api.game(of: admin), by: admin, size: 3)
        _ = try await api.call(.PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: [1, 2, 3])
        let done = try await api.call(.POST, "\(path)/upload/complete", as: admin.caller)
        return Watch(
            path: path, id: try #require(document["version_id"].text.flatMap { VersionID($0) }),
            job: try #require(done.json["job_id"].text))
    }

    private static func open(
        _ api: APIHarness, _ path: String, as caller: Caller, headers: [(String, String)] = []
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: api.address(APIHarness.prefix + path))
        if case .token(let token) = caller { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await api.client.execute(request, timeout: .seconds(30))
    }

    private static func fail(_ api: APIHarness, _ watch: Watch) async throws {
        let failure = Failure(code: "malware-found", message: "EICAR", retryable: false, stage: "scan", path: "a.exe")
        _ = try await api.services.builds.fail(watch.id, because: failure, in: api.database)
        _ = try await api.services.queue.cancel(
            scope: watch.id.uuid, except: nil, because: failure, in: api.database)
    }

    @Test("a stream shows the version whenever it has changed, beats, resumes its numbers, and ends with it")
    func events() async throws {
        try await APIHarness.run {
            $0.limits.pollInterval = .milliseconds(30)
            $0.limits.heartbeat = .milliseconds(100)
        } _: { api in
            let admin = try await api.company()
            let watch = try await Self.uploaded(api, admin)
            let response = try await Self.open(
                api, "/jobs/\(watch.job)/events", as: admin.caller, headers: [("last-event-id", "41")])
            #expect(response.status == .ok)
            #expect(response.headers.first(name: "content-type") == "text/event-stream")
            var text = "", hasActed = 0
            for try await buffer in response.body {
                text += String(buffer: buffer)
                if hasActed == 0, text.contains(": alive\n\n") {
                    hasActed = 1
                    _ = try await api.services.builds.markProcessing(watch.id, in: api.database)
                }
                if hasActed == 1, text.contains("\"status\":\"processing\"") {
                    hasActed = 2
                    try await Self.fail(api, watch)
                }
            }
            let events = text.split(separator: "\n\n").filter { $0.hasPrefix("id:") }.map { $0.split(separator: "\n") }
            #expect(events.first?.first == "id: 42")
            #expect(events.map { $0[0] } == events.indices.map { "id: \(42 + $0)" })
            #expect(events.allSatisfy { $0.count == 3 && $0[1] == "event: version" && $0[2].hasPrefix("data: {") })
            let documents = try events.map { try JSONParser.parse(Array($0[2].dropFirst("data: ".count).utf8)) }
            #expect(documents.first?["status"].text == "uploaded")
            #expect(documents.last?["status"].text == "failed")
            #expect(documents.last?["failure"]["code"].text == "malware-found")
            #expect(documents.last?["failure"]["path"].text == "a.exe")
        }
    }

    @Test("a stream of something that has ended says so once")
    func ended() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let watch = try await Self.uploaded(api, admin)
            try await Self.fail(api, watch)
            let answer = try await api.call(.GET, "/jobs/\(watch.job)/events", as: admin.caller)
            let text = String(decoding: answer.bytes, as: UTF8.self)
            #expect(text.hasPrefix("id: 1\nevent: version\ndata: {") && text.hasSuffix("}\n\n"))
            #expect(text.split(separator: "\n\n").count == 1)
        }
    }

    @Test("a job without a version is watched itself")
    func jobAlone() async throws {
        try await APIHarness.run {
            $0.limits.pollInterval = .milliseconds(30)
        } _: { api in
            let admin = try await api.company()
            let id = try await api.services.queue.enqueue(
                APIHarness.Ingest(version: VersionID(UUID())), scope: JobScope(id: nil, developer: admin.developer),
                in: api.database)
            async let answer = api.call(.GET, "/jobs/\(id)/events", as: admin.caller)
            let cancelled = try await api.call(.POST, "/jobs/\(id)/cancel", as: admin.caller)
            #expect(cancelled.status == 200 && cancelled.json["state"].text == "cancelled")
            let text = String(decoding: try await answer.bytes, as: UTF8.self)
            #expect(text.contains("event: job\ndata: {\"id\":\"\(id)\"") && text.contains("\"state\":\"cancelled\""))
            let again = try await api.call(.POST, "/jobs/\(id)/cancel", as: admin.caller)
            #expect(again.status == 409 && again.json["allowed"] == ["retry"])
            let retried = try await api.call(.POST, "/jobs/\(id)/retry", as: admin.caller)
            #expect(retried.status == 202 && retried.json["state"].text == "available")
            #expect(try await api.call(.POST, "/jobs/\(id)/retry", as: admin.caller).status == 409)
        }
    }

    @Test("streams are bounded in number, and a place is free again when its client has gone")
    func bound() async throws {
        try await APIHarness.run {
            $0.limits.concurrentWaits = 1
            $0.limits.pollInterval = .milliseconds(20)
            $0.limits.heartbeat = .milliseconds(40)
        } _: { api in
            let admin = try await api.company()
            let watch = try await Self.uploaded(api, admin)
            let path = "/jobs/\(watch.job)/events"
            let response = try await Self.open(api, path, as: admin.caller)
            let first = Task { for try await _ in response.body {} }
            let second = try await api.call(.GET, path, as: admin.caller)
            #expect(second.status == 429 && second.code == "concurrency-limited" && second.json["limit"].number == 1)
            #expect(try await api.call(.GET, "\(watch.path)?wait=1ms", as: admin.caller).status == 429)
            #expect(try await api.call(.GET, watch.path, as: admin.caller).status == 200)
            first.cancel()
            _ = try? await first.value
            var isFree = false
            for _ in 0..<200 where !isFree {
                isFree = try await api.call(.GET, "\(watch.path)?wait=1ms", as: admin.caller).status == 200
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(isFree)
        }
    }

    @Test("streams and long polls end when the server is asked to stop, so that it can")
    func shutdown() async throws {
        try await APIHarness.run {
            $0.limits.pollInterval = .milliseconds(30)
        } _: { api in
            let admin = try await api.company()
            let watch = try await Self.uploaded(api, admin)
            let response = try await Self.open(api, "/jobs/\(watch.job)/events", as: admin.caller)
            async let poll = api.call(.GET, "\(watch.path)?wait=30s", as: admin.caller)
            try await Task.sleep(for: .milliseconds(200))
            await api.stop()
            var text = ""
            for try await buffer in response.body { text += String(buffer: buffer) }
            #expect(text.hasPrefix("id: 1\n"))
            #expect(try await poll.status == 200)
        }
    }

    @Test("a long poll answers when the version is terminal, or when its time is over")
    func longPoll() async throws {
        try await APIHarness.run {
            $0.limits.pollInterval = .milliseconds(20)
        } _: { api in
            let admin = try await api.company()
            let watch = try await Self.uploaded(api, admin)
            let early = try await api.call(.GET, "\(watch.path)?wait=50ms", as: admin.caller)
            #expect(early.json["status"].text == "uploaded")
            async let late = api.call(.GET, "\(watch.path)?wait=30s", as: admin.caller)
            try await Task.sleep(for: .milliseconds(50))
            try await Self.fail(api, watch)
            #expect(try await late.json["status"].text == "failed")
            #expect(try await api.call(.GET, "\(watch.path)?wait=soon", as: admin.caller).status == 422)
        }
    }

    @Test("cancelling what a version needs ends the version, and a retry begins it anew")
    func cancelVersion() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let watch = try await Self.uploaded(api, admin)
            let cancelled = try await api.call(.POST, "/jobs/\(watch.job)/cancel", as: admin.caller)
            #expect(cancelled.json["state"].text == "cancelled" && cancelled.json["done"] == true)
            let version = try await api.call(.GET, watch.path, as: admin.caller)
            #expect(version.json["status"].text == "failed" && version.json["failure"]["code"].text == "cancelled")
            let retried = try await api.call(.POST, "\(watch.path)/retry", as: admin.caller)
            #expect(retried.status == 202 && retried.json["status"].text == "uploaded")
            #expect(retried.json["job_id"].text != watch.job && retried.json["failure"] == .null)
            let twice = try await api.call(.POST, "\(watch.path)/retry", as: admin.caller)
            #expect(twice.status == 409 && twice.code == "invalid-transition")

            let job = retried.json["job_id"].text ?? ""
            #expect(try await api.call(.POST, "/jobs/\(job)/cancel", as: admin.caller).status == 200)
            let anew = try await api.call(.POST, "/jobs/\(job)/retry", as: admin.caller)
            #expect(anew.status == 202 && anew.json["id"].text != job)
            #expect(anew.header("location") == "/api/v1/developer/jobs/\(anew.json["id"].text ?? "")")
        }
    }
}
