import Foundation
import Testing

/// The operators' commands against the whole program.
@Suite("Operators at work", .serialized)
struct OperatorTests {
    @Test("pools are shown, resized and paused by command, survive a restart, and every refusal has its exit code")
    func commands() async throws {
        try await withScenarioDirectory { root in
            var slipway = try await SlipwayProcess.up(root)
            let pools = try await slipway.run("pools")
            #expect(pools.status == 0 && pools.output.contains("POOL") && pools.output.contains("\nscan "))
            let set = try await slipway.run("pools", "set", "scan", "--concurrency", "3", "--json")
            #expect(set.status == 0, "\(set.output)")
            #expect(try Self.setting(set.output)["concurrency"] as? Int == 3)
            let paused = try await slipway.run("pools", "pause", "scan")
            #expect(paused.status == 0 && paused.output.contains("all nodes: PAUSED, concurrency 3"))
            let top = try await slipway.run("top")
            #expect(top.status == 0 && top.output.contains("QUEUE") && !top.output.contains("\u{1B}"), "\(top.output)")
            #expect(try await slipway.run("jobs", "list", "--kind", "ingest-build").output == "no jobs\n")

            let history = try await slipway.run("pools", "history", "scan")
            #expect(history.output.split(separator: "\n").filter { $0.contains("pool.change") }.count == 2)
            #expect(try await slipway.run("pools", "set", "scan").status == 64)
            #expect(try await slipway.run("pools", "set", "scan", "--concurrency", "20000").status == 4)
            #expect(try await slipway.run("pools", "set", "scna", "--concurrency", "2").status == 4)
            #expect(try await slipway.run("jobs", "why", "999999999").status == 4)
            #expect(try await slipway.run("jobs", "bulk", "cancel").status == 64)
            let forbidden = try await slipway.run("pools", "--token", "nonsense", "--json")
            #expect(forbidden.status == 3 && forbidden.output.contains(#""code":"#), "\(forbidden.output)")

            slipway.stop()
            slipway = try await SlipwayProcess.up(root)
            let kept = try await slipway.run("pools", "show", "scan", "--json")
            let setting = try Self.setting(kept.output)
            #expect(setting["concurrency"] as? Int == 3 && setting["mode"] as? String == "paused")
            let resumed = try await slipway.run("pools", "resume", "scan")
            #expect(resumed.output.contains("all nodes: concurrency 3"))
            #expect(slipway.stop() == 0)
            let gone = try await slipway.run("pools")
            #expect(gone.status == 5, "\(gone.output)")
        }
    }

    /// What holds for all nodes.
    private static func setting(_ output: String) throws -> [String: Any] {
        let pool = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        return try #require(pool?["all_nodes"] as? [String: Any])
    }
}
