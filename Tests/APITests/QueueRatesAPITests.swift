import API
import FoundationEssentials
import JobQueue
import NIOHTTP1
import Storefront
import Testing

@Suite("Rates of kinds and keys over HTTP")
struct QueueRatesAPITests {
    @Test("a kind's and a key's rate are set, listed, lifted and written to the history; nonsense is refused by field")
    func rates() async throws {
        try await APIHarness.run { api in
            let caller = try api.operatorCaller()
            try await api.enqueueChores(1)
            let path = "/ops/v1/queues/chores/rates"
            #expect(try await api.call(.GET, path, as: caller).json["items"].items.isEmpty)
            _ = try await api.call(
                .PATCH, path, as: caller, json: ["key": "studio", "rate": ["per_second": 1, "burst": 1]])
            let set = try await api.call(
                .PATCH, path, as: caller, json: ["kind": "chore", "rate": ["per_second": 2, "burst": 10]])
            #expect(set.status == 200)
            #expect(set.json["items"].items.map { $0["kind"].text } == ["chore", nil])
            #expect(set.json["items"][0]["rate"]["burst"].number == 10 && set.json["items"][0]["tokens"].number == 10)
            #expect(set.json["items"][1]["key"].text == "studio")
            let lifted = try await api.call(.PATCH, path, as: caller, json: ["key": "studio", "rate": .null])
            #expect(lifted.json["items"].items.count == 1)

            let rate: JSONValue = ["per_second": 1, "burst": 1]
            let bad: [(JSONValue, String)] = [
                (["rate": rate], "/kind"), (["kind": "a", "key": "b", "rate": rate], "/kind"), (["kind": "a"], "/rate"),
                (["kind": "a", "rate": 5], "/rate"), (["kind": "a", "rate": ["per_second": 0, "burst": 1]], "/rate"),
                (["kind": "a", "rate": ["per_second": 1, "burst": 0]], "/rate/burst"),
                (["kind": .string(String(repeating: "k", count: 65)), "rate": rate], "/kind"),
            ]
            for (body, pointer) in bad {
                let answer = try await api.call(.PATCH, path, as: caller, json: body)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
            }
            for method in [HTTPMethod.GET, .PATCH] {
                let answer = try await api.call(
                    method, "/ops/v1/queues/nothing/rates", as: caller,
                    json: method == .GET ? nil : ["kind": "a", "rate": rate])
                #expect(answer.status == 404 && answer.code == "queue-unknown")
            }
            let history = try await api.call(.GET, "/ops/v1/audit?subject=chores", as: caller).json["items"]
            #expect(history.items.map { $0["action"].text } == ["rate.change", "rate.change", "rate.change"])
            #expect(history[1]["subject"].text == "chores/chore")
        }
    }
}
