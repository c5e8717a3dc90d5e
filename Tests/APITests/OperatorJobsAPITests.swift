import API
import FoundationEssentials
import JobLifecycle
import JobQueue
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Operators and jobs over HTTP")
struct OperatorJobsAPITests {
    @Test("a job is listed, explained, cancelled, redriven, discarded and found among the dead")
    func life() async throws {
        try await APIHarness.run { api in
            let caller = try api.operatorCaller()
            let jobs = try await api.enqueueChores(3)
            let list = try await api.call(.GET, "/ops/v1/jobs?queue=chores&state=available&limit=2", as: caller)
            #expect(list.json["items"].items.map { $0["id"].text } == [jobs[2], jobs[1]].map(\.description))
            let cursor = try #require(list.json["next_cursor"].text)
            let rest = try await api.call(
                .GET, "/ops/v1/jobs?queue=chores&state=available&limit=2&cursor=\(cursor)", as: caller)
            #expect(rest.json["items"].items.map { $0["id"].text } == [jobs[0].description])

            let path = "/ops/v1/jobs/\(jobs[0])"
            let shown = try await api.call(.GET, path, as: caller).json
            #expect(shown["why"]["code"].text == "no-worker" && shown["payload"]["number"].number == 0)
            #expect(shown["priority"].number == 0 && shown["held"] == false)

            let cancelled = try await api.call(
                .POST, "\(path)/cancel", as: caller, json: ["reason": "the build was withdrawn"])
            #expect(cancelled.json["state"].text == "cancelled")
            #expect(cancelled.json["failure"]["message"].text == "the build was withdrawn")
            let twice = try await api.call(.POST, "\(path)/cancel", as: caller)
            #expect(twice.status == 409 && twice.code == "invalid-transition")
            #expect(twice.json["allowed"] == ["retry"] && twice.json["current"].text == "cancelled")

            #expect(try await api.call(.POST, "\(path)/redrive", as: caller).json["state"].text == "available")
            #expect(try await api.call(.POST, "\(path)/discard", as: caller).json["state"].text == "discarded")
            let dead = try await api.call(.GET, "/ops/v1/jobs/dead", as: caller).json["items"]
            #expect(dead.items.map { $0["id"].text } == [jobs[0].description])
            #expect(dead[0]["failure"]["code"].text == "discarded")
            let attempts = try await api.call(.GET, path, as: caller).json["attempts"]
            #expect(attempts.items.map { $0["end"].text } == ["cancelled", "discarded"])

            for absent in ["999999999", "0", "x", "1e3"] {
                #expect(try await api.call(.GET, "/ops/v1/jobs/\(absent)", as: caller).code == "not-found")
                #expect(try await api.call(.POST, "/ops/v1/jobs/\(absent)/retry", as: caller).status == 404)
            }
        }
    }

    @Test("many jobs are changed by a filter; a dry run says what would be and changes nothing")
    func bulk() async throws {
        try await APIHarness.run { api in
            let caller = try api.operatorCaller()
            let jobs = try await api.enqueueChores(5)
            let filter: JSONValue = ["queues": ["chores"], "states": ["available"]]
            let dry = try await api.call(
                .POST, "/ops/v1/jobs/bulk", as: caller,
                json: ["action": "discard", "filter": filter, "dry_run": true])
            #expect(dry.json["changed"].number == 5 && dry.json["matched"].number == 5 && dry.json["dry_run"] == true)
            #expect(dry.json["sample"].items.map(\.text) == jobs.map(\.description))
            #expect(dry.json["truncated"] == false)
            #expect(try await api.queueDepth("chores") == 5)

            let done = try await api.call(
                .POST, "/ops/v1/jobs/bulk", as: caller, json: ["action": "discard", "filter": filter])
            #expect(done.json["changed"].number == 5)
            #expect(try await api.queueDepth("chores") == 0)
            let one: JSONValue = ["ids": [.string(jobs[0].description)]]
            let redriven = try await api.call(
                .POST, "/ops/v1/jobs/dead", as: caller, json: ["action": "retry", "filter": one])
            #expect(redriven.json["changed"].number == 1)
            // No filter is every dead job, and no other.
            let all = try await api.call(
                .POST, "/ops/v1/jobs/dead", as: caller, json: ["action": "retry", "filter": [:]])
            #expect(all.json["changed"].number == 4)
            #expect(try await api.queueDepth("chores") == 5)
        }
    }

    @Test("a filter that says nothing, or something it cannot mean, changes no job")
    func badFilters() async throws {
        try await APIHarness.run { api in
            let caller = try api.operatorCaller()
            try await api.enqueueChores(1)
            let bad: [(JSONValue, String)] = [
                (["action": "cancel"], "/filter"), (["action": "cancel", "filter": [:]], "/filter"),
                (["action": "cancel", "filter": ["queue": "chores"]], "/filter/queue"),
                (["action": "cancel", "filter": ["states": ["dead"]]], "/filter/states"),
                (["action": "cancel", "filter": ["ids": [1]]], "/filter/ids"),
                (["action": "cancel", "filter": ["version_id": "1"]], "/filter/version_id"),
                (["action": "cancel", "filter": ["created_after": "now"]], "/filter/created_after"),
                (["action": "delete", "filter": ["queues": ["chores"]]], "/action"),
                (["filter": ["queues": ["chores"]]], "/action"),
                (["action": "cancel", "filter": ["queues": ["chores"]], "dry_run": 1], "/dry_run"),
                (["action": "cancel", "filter": ["queues": ["chores"]], "reason": ""], "/reason"),
            ]
            for (body, pointer) in bad {
                let answer = try await api.call(.POST, "/ops/v1/jobs/bulk", as: caller, json: body)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
            }
            for query in ["state=dead", "version_id=1", "worker_id=x", "limit=0", "cursor=x"] {
                #expect(try await api.call(.GET, "/ops/v1/jobs?\(query)", as: caller).status == 422, "\(query)")
            }
            #expect(try await api.queueDepth("chores") == 1)
        }
    }

    @Test("a key's limit and share are set, and its held jobs say so")
    func keys() async throws {
        try await APIHarness.run { api in
            let caller = try api.operatorCaller()
            let path = "/ops/v1/queues/chores/keys"
            _ = try await api.enqueueChores(1)
            let set = try await api.call(.PATCH, "\(path)/studio%20a", as: caller, json: ["cap": 1, "weight": 20])
            #expect(set.json["key"].text == "studio a" && set.json["cap"].number == 1)
            let jobs = try await api.enqueueChores(3, key: "studio a")
            let list = try await api.call(.GET, path, as: caller).json["items"]
            #expect(list[0]["held"].number == 2 && list[0]["used"].number == 1 && list[0]["weight"].number == 20)
            let held = try await api.call(.GET, "/ops/v1/jobs/\(jobs[2])", as: caller).json
            #expect(held["held"] == true && held["why"]["code"].text == "key-limit", "\(held["why"])")
            #expect(held["key"].text == "studio a")
            for body: JSONValue in [["cap": -1], ["weight": 0], ["weight": 101], ["cap": "x"]] {
                #expect(try await api.call(.PATCH, "\(path)/a", as: caller, json: body).status == 422, "\(body)")
            }
            let absent = try await api.call(.PATCH, "/ops/v1/queues/no/keys/a", as: caller, json: ["cap": 1])
            #expect(absent.code == "queue-unknown")
        }
    }

    @Test("statistics, health and configuration answer, and the configuration has what was published, no more")
    func reports() async throws {
        try await APIHarness.run {
            $0.configuration = JSONObject([("listen", "0.0.0.0:8080")])
        } _: { api in
            let caller = try api.operatorCaller()
            try await api.enqueueChores(1)
            #expect(try await api.call(.GET, "/ops/v1/stats?window=60s", as: caller).json["items"].items.isEmpty)
            for window in ["1s", "x", "-5s"] {
                let answer = try await api.call(.GET, "/ops/v1/stats?window=\(window)", as: caller)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == "?window", "\(window)")
            }
            let health = try await api.call(.GET, "/ops/v1/health", as: caller).json
            #expect(health["problems"].items.contains { $0["code"].text == "no-worker" } && health["healthy"] == false)
            #expect(health["plans"].items.allSatisfy { $0["pinned"] == true }, "\(health["plans"])")
            #expect(try await api.call(.GET, "/ops/v1/config", as: caller).json == ["listen": "0.0.0.0:8080"])
        }
    }
}

extension APIHarness {
    /// Jobs that are due.
    func queueDepth(_ queue: QueueName) async throws -> Int? {
        try await self.services.queue.depths().first { $0.queue == queue }?.ready
    }
}
