import API
import BuildStore
import Content
import Digests
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Chunks over HTTP")
struct ChunksAPITests {
    private static func digest(_ number: UInt8) -> Digest { Digest.sha256(of: [number]) }

    /// Stores a chunk for a company, as the pipeline would.
    private static func store(_ number: UInt8, for version: JSONValue, of member: Member, in api: APIHarness)
        async throws
    {
        let id = try #require(VersionID(version["version_id"].text ?? ""))
        let builds = api.services.builds
        let pack = try await builds.announce(
            pack: self.digest(number), size: 10, key: "packs/\(member.developer)/\(number)",
            developer: member.developer,
            for: id)
        let chunk = ChunkLocation(
            digest: self.digest(number), length: 10, pack: pack, offset: 0, storedLength: 10, codec: .stored)
        try await api.database.transaction { transaction in
            try await builds.markStored(pack, chunks: [chunk], developer: member.developer, in: transaction)
        }
    }

    private static func ask(
        _ path: String, _ numbers: [UInt8], as caller: Caller, in api: APIHarness
    ) async throws -> Answer {
        try await api.call(
            .POST, path, as: caller, bytes: numbers.flatMap { self.digest($0).bytes },
            headers: [("content-type", "application/octet-stream")])
    }

    private static let missing = "\(APIHarness.prefix)/chunks/missing"

    @Test("a company is told which chunks it lacks, and never what another company has")
    func isolation() async throws {
        try await APIHarness.run { api in
            let (one, two) = (try await api.company(), try await api.company())
            let (path, version) = try await api.version(of: try await api.game(of: one), by: one, size: 5)
            let (other, _) = try await api.version(of: try await api.game(of: two), by: two, size: 5)
            try await Self.store(7, for: version, of: one, in: api)
            for (path, caller, expected) in [
                (Self.missing, one.caller, [0, 2]), ("\(path)/upload/chunks", one.caller, [0, 2]),
                (Self.missing, two.caller, [0, 1, 2]), ("\(other)/upload/chunks", two.caller, [0, 1, 2]),
            ] as [(String, Caller, [Int])] {
                let answer = try await Self.ask(path, [6, 7, 8], as: caller, in: api)
                #expect(answer.status == 200)
                #expect(answer.json["missing"].items.compactMap(\.number) == expected.map { Int64($0) })
            }
            #expect(try await Self.ask("\(path)/upload/chunks", [7], as: two.caller, in: api).status == 404)
            #expect(try await Self.ask(Self.missing, [7], as: .nobody, in: api).status == 401)
        }
    }

    @Test("what was told to be there stays until the version has ended, whoever else lets it go")
    func kept() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let (_, first) = try await api.version(of: game, by: admin, size: 5)
            try await Self.store(1, for: first, of: admin, in: api)
            try await Self.store(2, for: first, of: admin, in: api)
            let (path, _) = try await api.version(of: game, by: admin, size: 5, ["version_string": "2.0"])
            #expect(try await Self.ask("\(path)/upload/chunks", [1], as: admin.caller, in: api).json["missing"] == [])
            #expect(try await Self.ask(Self.missing, [2], as: admin.caller, in: api).json["missing"] == [])
            let id = try #require(VersionID(first["version_id"].text ?? ""))
            let builds = api.services.builds
            try await api.database.transaction { try await builds.condemnPacks(of: id, in: $0) }
            let removed = try await api.database.transaction { try await builds.deletePacks(of: id, in: $0) }
            #expect(removed == ["packs/\(admin.developer)/2"])
            let left = try await Self.ask(Self.missing, [1, 2], as: admin.caller, in: api)
            #expect(left.json["missing"] == [1])
        }
    }

    @Test("digests that are none, too many, or sent as something else are refused; a closed upload keeps nothing")
    func refused() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, _) = try await api.version(of: try await api.game(of: admin), by: admin, size: 5)
            for path in [Self.missing, "\(path)/upload/chunks"] {
                #expect(try await api.call(.POST, path, as: admin.caller, bytes: []).status == 422)
                #expect(try await api.call(.POST, path, as: admin.caller, bytes: [1, 2, 3]).status == 422)
                let json = try await api.call(.POST, path, as: admin.caller, json: ["digests": []])
                #expect(json.status == 415)
                let many = [UInt8](repeating: 1, count: 32 * 16_385)
                #expect(try await api.call(.POST, path, as: admin.caller, bytes: many).status == 413)
                let most = try await api.call(
                    .POST, path, as: admin.caller, bytes: [UInt8](repeating: 1, count: 32 * 16_384))
                #expect(most.json["missing"].items.count == 16_384)
            }
            #expect(try await api.call(.DELETE, "\(path)/upload", as: admin.caller).status == 204)
            #expect(try await Self.ask("\(path)/upload/chunks", [1], as: admin.caller, in: api).status >= 400)
        }
    }

    @Test("an open upload is planned for another size, what it had is dropped, and it is committed with the new one")
    func resize() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (path, _) = try await api.version(
                of: try await api.game(of: admin), by: admin, size: UploadAPITests.build.count)
            let part = UploadAPITests.part(2)
            #expect(try await api.call(.PUT, "\(path)/upload/parts/2", as: admin.caller, bytes: part).status == 200)
            let same = try await api.call(
                .PUT, "\(path)/upload", as: admin.caller, json: ["file_size": .integer(UploadAPITests.build.count)])
            #expect(same.json["received"].items.count == 1)
            let plan = try await api.call(.PUT, "\(path)/upload", as: admin.caller, json: ["file_size": 5])
            #expect(plan.status == 200 && plan.json["file_size"].number == 5 && plan.json["part_count"].number == 1)
            #expect(plan.json["received"].items.isEmpty && plan.json["parts"].items.count == 1)
            #expect(try await api.call(.PUT, "\(path)/upload", as: admin.caller, json: ["file_size": 0]).status == 422)
            #expect(try await api.call(.PUT, "\(path)/upload", as: admin.caller, json: [:]).status == 422)
            let url = try #require(plan.json["parts"][0]["url"].text)
            #expect(try await api.call(.PUT, url, bytes: [1, 2, 3, 4, 5]).status == 200)
            let done = try await api.call(.POST, "\(path)/upload/complete", as: admin.caller)
            #expect(done.status == 202 && done.json["file_size"].number == 5)
            #expect(
                try await api.call(.PUT, "\(path)/upload", as: admin.caller, json: ["file_size": 6]).status >= 400)
        }
    }
}
