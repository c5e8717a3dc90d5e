import API
import FoundationEssentials
import JobLifecycle
import JobQueue
import Logging
import NIOHTTP1
import ServiceLifecycle
import Storefront
import Testing

@Suite("The stages of a build over HTTP")
struct StageProgressAPITests {
    /// Stays at half of its bytes until it is let go.
    private struct HalfwayHandler: JobHandler {
        let gate: Gatherer

        func perform(_ work: APIHarness.Ingest, attempt: Attempt) async throws -> Outcome {
            attempt.report { progress in
                progress.bytesTotal = 300
                progress.bytesDone = 150
                progress.itemsTotal = 4
                progress.itemsDone = 1
            }
            try await self.gate.stay()
            return .completed
        }
    }

    @Test("a stage that runs says how far it is and by when it fails for taking too long")
    func deadline() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, _) = try await api.version(of: try await api.game(of: admin), by: admin, "1.0", size: 3)
            _ = try await api.call(.PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: [1, 2, 3])
            #expect(try await api.call(.POST, "\(path)/upload/complete", as: admin.caller).status == 202)
            let waiting = try await Self.stage(api, path, admin)
            #expect(waiting["state"].text == "waiting" && waiting["deadline_at"] == .null)

            let gate = Gatherer()
            var registry = JobRegistry()
            registry.register(HalfwayHandler(gate: gate))
            let worker = Worker(
                queue: api.services.queue, registry: registry,
                configuration: Worker.Configuration(
                    name: "w", node: "n", slots: ["ingest": 1], heartbeat: .milliseconds(50), silence: .seconds(5)))
            let group = ServiceGroup(services: [worker], logger: Logger(label: "worker"))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                #expect(await gate.wait(for: 1))
                var running = try await Self.stage(api, path, admin)
                for _ in 0..<500 where running["bytes_done"].number != 150 {
                    try await Task.sleep(for: .milliseconds(20))
                    running = try await Self.stage(api, path, admin)
                }
                #expect(running["state"].text == "running")
                #expect(running["bytes_done"].number == 150 && running["bytes_total"].number == 300)
                #expect(running["files_done"].number == 1 && running["files_total"].number == 4)
                let begun = try #require(Self.date(running["started_at"].text))
                let deadline = try #require(Self.date(running["deadline_at"].text))
                // The kind's own time, counted from the lease.
                #expect(abs(deadline.timeIntervalSince(begun) - 60) < 0.01)
                gate.open()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            let done = try await Self.stage(api, path, admin)
            #expect(done["state"].text == "done" && done["deadline_at"] == .null && done["eta_at"] == .null)
        }
    }

    private static func stage(_ api: APIHarness, _ path: String, _ member: Member) async throws -> JSONValue {
        try await api.call(.GET, path, as: member.caller).json["stages"][1]
    }

    private static func date(_ text: String?) -> Date? {
        text.flatMap { try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
    }
}
