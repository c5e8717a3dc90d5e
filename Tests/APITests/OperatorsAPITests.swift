import API
import Access
import Content
import FoundationEssentials
import HTTPTypes
import JobLifecycle
import JobQueue
import Logging
import NIOHTTP1
import Postgres
import ServiceLifecycle
import Storefront
import Synchronization
import Testing

@Suite("Operators over HTTP")
struct OperatorsAPITests {
    struct Chore: Job {
        static let kind: JobKind = "chore"
        static let policy = JobPolicy(queue: "chores", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(60))

        var number = 0
    }

    @Test("AMB-18: /ops/v1 is for tokens with the platform role, whatever a company's role or key may do")
    func access() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let key = try await api.call(.POST, "/apikeys", as: admin.caller, json: ["permissions": ["builds:write"]])
            let callers: [(Caller, Int)] = [
                (.nobody, 401), (admin.caller, 403), (.key(try #require(key.json["api_key"].text)), 403),
            ]
            for route in RouteTable.all where route.path.hasPrefix("/ops/") {
                #expect(route.access == .platform(.operator), "\(route.path)")
                let path = Self.filled(route.path)
                let method = HTTPMethod(rawValue: route.method.rawValue)
                for (caller, status) in callers {
                    let answer = try await api.call(method, path, as: caller, json: method == .GET ? nil : [:])
                    #expect(answer.status == status, "\(route.method) \(path)")
                }
            }
            let refused = try await api.call(.GET, "/ops/v1/queues", as: admin.caller)
            #expect(refused.code == "forbidden" && refused.json["platform_role"].text == "operator")
            let caller = try api.operatorCaller()
            #expect(try await api.call(.GET, "/ops/v1/queues", as: caller).status == 200)
            // Whoever runs the service sees no studio's content by that.
            #expect(try await api.call(.GET, "/games", as: caller).code == "no-company")
        }
    }

    @Test("queues show depth, age and limits; limits are checked, set, taken back and written to the history")
    func queues() async throws {
        try await APIHarness.run { api in
            let caller = try api.operatorCaller()
            try await api.enqueueChores(3)
            let list = try await api.call(.GET, "/ops/v1/queues", as: caller).json["items"]
            let queue = try #require(list.items.first { $0["queue"].text == "chores" })
            #expect(queue["depth"]["ready"].number == 3 && queue["depth"]["running"].number == 0)
            #expect((queue["depth"]["oldest_age_ms"].number ?? -1) >= 0)
            #expect(queue["settings"] == ["paused": false, "running_limit": .null, "key_limit": .null, "rate": .null])

            let set = try await api.call(
                .PATCH, "/ops/v1/queues/chores", as: caller,
                json: ["running_limit": 5, "key_limit": 2, "rate": ["per_second": 2, "burst": 10], "paused": true])
            #expect(set.json["running_limit"].number == 5 && set.json["paused"] == true)
            #expect(set.json["rate"]["burst"].number == 10)
            let kept = try await api.call(
                .PATCH, "/ops/v1/queues/chores", as: caller, json: ["key_limit": .null, "paused": false])
            #expect(kept.json["key_limit"] == .null && kept.json["running_limit"].number == 5)

            let bad: [(JSONValue, String)] = [
                (["running_limit": -1], "/running_limit"), (["running_limit": 10_001], "/running_limit"),
                (["running_limit": "many"], "/running_limit"), (["key_limit": 0], "/key_limit"),
                (["paused": "yes"], "/paused"), (["rate": 5], "/rate"), (["rate": ["per_second": 1]], "/rate"),
                (["rate": ["per_second": 0, "burst": 1]], "/rate"),
                (["rate": ["per_second": 1, "burst": 0]], "/rate/burst"),
            ]
            for (body, pointer) in bad {
                let answer = try await api.call(.PATCH, "/ops/v1/queues/chores", as: caller, json: body)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
            }
            let mistyped = try await api.call(.PATCH, "/ops/v1/queues/chore", as: caller, json: ["paused": true])
            #expect(mistyped.status == 404 && mistyped.code == "queue-unknown")

            let page = try await api.call(.GET, "/ops/v1/audit?subject=chores&limit=1", as: caller).json
            #expect(page["items"][0]["action"].text == "queue.change" && page["items"].items.count == 1)
            #expect(page["items"][0]["actor"].text?.hasPrefix("operator:") == true)
            #expect(page["items"][0]["before"]["paused"] == true && page["items"][0]["after"]["paused"] == false)
            let cursor = try #require(page["next_cursor"].text)
            let rest = try await api.call(
                .GET, "/ops/v1/audit?subject=chores&limit=1&cursor=\(cursor)", as: caller)
            #expect(rest.json["items"][0]["before"]["paused"] == false)
            #expect(try await api.call(.GET, "/ops/v1/audit?subject=other", as: caller).json["items"].items.isEmpty)
        }
    }

    @Test("B11: a pool is resized, paused and drained by node or everywhere; null takes a setting back")
    func pools() async throws {
        try await APIHarness.run { api in
            let caller = try api.operatorCaller()
            try await api.enqueueChores(1)
            let everywhere = try await api.call(
                .PATCH, "/ops/v1/pools/chores", as: caller,
                json: ["concurrency": 4, "prefetch": 8, "priority_floor": 10, "tuning": ["from": 1, "to": 8]])
            #expect(everywhere.json["all_nodes"]["concurrency"].number == 4)
            #expect(everywhere.json["all_nodes"]["tuning"] == ["from": 1, "to": 8])
            let node = try await api.call(
                .PATCH, "/ops/v1/pools/chores?node=build-7", as: caller, json: ["mode": "draining"])
            #expect(node.json["nodes"][0]["node"].text == "build-7")
            #expect(node.json["nodes"][0]["mode"].text == "draining" && node.json["all_nodes"]["mode"] == .null)
            let back = try await api.call(
                .PATCH, "/ops/v1/pools/chores", as: caller, json: ["concurrency": .null, "tuning": .null])
            #expect(back.json["all_nodes"]["concurrency"] == .null && back.json["all_nodes"]["prefetch"].number == 8)
            let read = try await api.call(.GET, "/ops/v1/pools/chores", as: caller).json
            #expect(read["all_nodes"] == back.json["all_nodes"] && read["nodes"] == node.json["nodes"])
            let pools = try await api.call(.GET, "/ops/v1/pools", as: caller).json["items"]
            #expect(pools.items.contains { $0["queue"].text == "chores" })

            let bad: [(JSONValue, String)] = [
                (["concurrency": -1], "/concurrency"), (["concurrency": 10_001], "/concurrency"),
                (["concurrency": [4]], "/concurrency"), (["mode": "off"], "/mode"),
                (["priority_floor": 40_000], "/priority_floor"), (["tuning": ["from": 3, "to": 1]], "/tuning"),
                (["tuning": ["from": 1, "to": 20_000]], "/tuning"),
            ]
            for (body, pointer) in bad {
                let answer = try await api.call(.PATCH, "/ops/v1/pools/chores", as: caller, json: body)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
            }
            for method in [HTTPMethod.GET, .PATCH] {
                let answer = try await api.call(
                    method, "/ops/v1/pools/nothing", as: caller, json: method == .GET ? nil : [:])
                #expect(answer.status == 404 && answer.code == "queue-unknown")
            }
            let history = try await api.call(.GET, "/ops/v1/audit?subject=chores", as: caller).json["items"]
            #expect(history.items.map { $0["subject"].text } == ["chores", "chores@build-7", "chores"])
        }
    }

    @Test("EP-ops: a pool that is resized over HTTP runs as many jobs at once, without a restart")
    func resizedWhileRunning() async throws {
        try await APIHarness.run { api in
            let caller = try api.operatorCaller()
            let gate = Gatherer()
            try await api.enqueueChores(3)
            var registry = JobRegistry()
            registry.register(GatheringHandler(gate: gate))
            let worker = Worker(
                queue: api.services.queue, registry: registry,
                configuration: Worker.Configuration(
                    name: "w", node: "build-7", slots: ["chores": 1], heartbeat: .milliseconds(50),
                    silence: .seconds(5)))
            let group = ServiceGroup(services: [worker], logger: Logger(label: "worker"))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                #expect(await gate.wait(for: 1))
                let answer = try await api.call(
                    .PATCH, "/ops/v1/pools/chores", as: caller, json: ["concurrency": 3])
                #expect(answer.status == 200)
                // All three at once: none of them ends before.
                #expect(await gate.wait(for: 3))
                let running = try await api.call(.GET, "/ops/v1/jobs?state=running", as: caller).json["items"]
                #expect(running.items.count == 3)
                let workers = try await api.call(.GET, "/ops/v1/workers", as: caller).json["items"]
                #expect(workers[0]["node"].text == "build-7" && workers[0]["name"].text == "w")
                let why = try await api.call(.GET, "/ops/v1/jobs/\(running[0]["id"].text ?? "")", as: caller)
                #expect(why.json["why"]["code"].text == "running")
                gate.open()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    private static func filled(_ path: String) -> String {
        path.split(separator: "/").map { part in
            switch part {
            case "{job_id}": "/1"
            case "{queue}": "/chores"
            case let part where part.hasPrefix("{"): "/x"
            case let part: "/\(part)"
            }
        }.joined()
    }
}

/// Holds jobs until so many of them run at once.
final class Gatherer: Sendable {
    private struct State {
        var present = 0
        var isOpen = false
    }

    private let state = Mutex(State())

    /// Comes in, and stays until it is open.
    func stay() async throws {
        self.state.withLock { $0.present += 1 }
        while !self.state.withLock({ $0.isOpen }) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// - Returns: false when they did not come in a minute.
    func wait(for count: Int) async -> Bool {
        for _ in 0..<12_000 {
            if self.state.withLock({ $0.present }) >= count { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    func open() { self.state.withLock { $0.isOpen = true } }
}

private struct GatheringHandler: JobHandler {
    let gate: Gatherer

    func perform(_ work: OperatorsAPITests.Chore, attempt: Attempt) async throws -> Outcome {
        try await self.gate.stay()
        return .completed
    }
}

extension APIHarness {
    /// Somebody who runs the service.
    func operatorCaller() throws -> Caller {
        .token(
            try self.issuer.mint(
                user: UserID(UUID()), developer: nil, platformRoles: [.operator], lifetime: .seconds(600), now: Date()))
    }

    /// Jobs that nobody runs.
    @discardableResult
    func enqueueChores(_ count: Int, key: String? = nil) async throws -> [JobID] {
        var graph = JobGraph()
        for number in 0..<count { graph.add(OperatorsAPITests.Chore(number: number)) }
        return try await self.services.queue.enqueue(
            graph, scope: JobScope(id: nil, developer: nil, key: key), in: self.database)
    }
}
