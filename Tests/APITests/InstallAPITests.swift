import API
import BuildStore
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("What players have installed")
struct InstallAPITests {
    private static let path = "/internal/v1/installs"

    private static func day(_ ago: Int) -> JSONValue {
        .string(CalendarDay(containing: Date().timeIntervalSince1970).advanced(by: -ago).description)
    }

    @Test("B4: Download Service tells how many have which version, and the last word of a day counts")
    func counts() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            var versions: [String] = []
            for name in ["1.0", "2.0", "3.0"] {
                versions.append(try await api.readyVersion(of: game, by: admin, name))
            }
            let download = try api.service(.installsWrite)
            func tell(_ ago: Int, _ counts: [(String, Int64)]) async throws -> JSONValue {
                let answer = try await api.call(
                    .POST, Self.path, as: download,
                    json: [
                        "day": Self.day(ago),
                        "versions": .array(counts.map { ["version_id": .string($0), "installs": .integer($1)] }),
                    ])
                #expect(answer.status == 200, "\(answer.json)")
                return answer.json
            }
            let gone = UUID().uuidString.lowercased()
            #expect(
                try await tell(1, [(versions[0], 10), (versions[1], 70), (gone, 5)])
                    == ["recorded": 2, "unknown": [.string(gone)]])
            #expect(try await tell(1, [(versions[0], 90)]) == ["recorded": 1, "unknown": []])
            #expect(try await tell(0, [(versions[0], 80)]) == ["recorded": 1, "unknown": []])
            let rows = try await api.database.rows(
                "SELECT installs FROM version_installs ORDER BY installs"
            ).map { row -> Int64 in try row("installs") }
            #expect(rows == [70, 80, 90])

            // A patch to the next version begins where most players are, whatever is newer.
            let next = try #require(VersionID(try await api.readyVersion(of: game, by: admin, "4.0")))
            let record = try #require(try await api.services.builds.version(next, in: api.database))
            let sources = try await api.services.builds.patchSources(for: record, limit: 2)
            #expect(sources.map(\.id.description) == [versions[0], versions[1]])

            // What is too old to count goes as soon as the version is told of again.
            try await api.database.execute("UPDATE version_installs SET day = day - 40 WHERE installs = 90")
            _ = try await tell(0, [(versions[0], 81)])
            #expect(try await api.database.rows("SELECT FROM version_installs").count == 2)
        }
    }

    @Test("only a service with the right may tell, and what is wrong is named, all of it")
    func refusals() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let version: JSONValue = .string(UUID().uuidString)
            let good: JSONValue = ["day": Self.day(0), "versions": [["version_id": version, "installs": 1]]]
            #expect(try await api.call(.POST, Self.path, as: admin.caller, json: good).status == 403)
            #expect(try await api.call(.POST, Self.path, as: try api.service(.manifestsRead), json: good).status == 403)
            #expect(try await api.call(.POST, Self.path, json: good).status == 401)
            let download = try api.service(.installsWrite)
            func faults(_ body: JSONValue) async throws -> [String?] {
                let answer = try await api.call(.POST, Self.path, as: download, json: body)
                #expect(answer.status == 422, "\(answer.json)")
                return answer.json["errors"].items.map { $0["pointer"].text }
            }
            #expect(try await faults([:]) == ["/day", "/versions"])
            for day in [Self.day(30), Self.day(-2), "yesterday", "2026-02-30", 5] as [JSONValue] {
                #expect(
                    try await faults(["day": day, "versions": [["version_id": version, "installs": 1]]]) == ["/day"])
            }
            let items: [JSONValue] = [
                ["version_id": version, "installs": -1], ["version_id": version], "1.0", ["installs": 1],
                ["version_id": "x", "installs": "many"], ["version_id": .string(UUID().uuidString), "installs": 1],
            ]
            #expect(
                try await faults(["day": Self.day(0), "versions": .array(items)]) == [
                    "/versions/0/installs", "/versions/1/installs", "/versions/1/version_id", "/versions/2",
                    "/versions/3/version_id", "/versions/4/version_id", "/versions/4/installs",
                ])
            let many = [JSONValue](repeating: ["version_id": version, "installs": 1], count: 1001)
            #expect(try await faults(["day": Self.day(0), "versions": .array(many)]) == ["/versions"])
            #expect(try await faults(["day": Self.day(0), "versions": []]) == ["/versions"])
        }
    }
}
