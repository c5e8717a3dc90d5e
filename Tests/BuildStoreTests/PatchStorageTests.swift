import BuildStore
import Content
import FoundationEssentials
import Postgres
import Testing

@Suite("Room for patches")
struct PatchStorageTests {
    private func places(_ sizes: [Int64]) -> [PatchPlace] {
        sizes.enumerated().map { PatchPlace(from: VersionID(UUID()), rank: $0, size: $1) }
    }

    @Test("those that are worth most have the first choice, and what fits behind them stays")
    func choice() {
        let places = self.places([50, 60, 30, 20])
        #expect(PatchPlace.evicted(of: places.reversed(), within: 100) == [places[1].from])
        #expect(PatchPlace.evicted(of: places, within: 40) == [places[0].from, places[1].from, places[3].from])
        #expect(PatchPlace.evicted(of: places, within: 160).isEmpty)
        #expect(PatchPlace.evicted(of: places, within: -1).count == 4)
    }

    @Test("a patch that is worth more takes the room of one that is worth less, in whatever order they are made")
    func eviction() async throws {
        try await BuildFixture.with { fixture in
            let new = try await fixture.version("9.0")
            var old: [VersionID] = []
            for name in ["1.0", "2.0", "3.0"] { old.append(try await fixture.version(name)) }
            let summary = """
                {"update_bytes": 40, "patch_bytes": 40, "chunk_bytes": 900, "bytes_read": 0, "bytes_written": 0,
                 "methods": {}, "changed_files": 0, "files": []}
                """
            func make(_ place: Int, _ size: Int64) async throws -> Bool {
                try await fixture.database.transaction { transaction in
                    let fits = try await fixture.builds.makeRoom(
                        for: size, rank: place, from: old[place], to: new, within: 100, in: transaction)
                    guard fits else { return false }
                    try await fixture.builds.record(
                        patchFrom: old[place], to: new, state: .ready, objectKey: "patches/\(place)",
                        digest: fixture.digest(1), size: size, chunkBytes: 900, rank: place, summary: summary,
                        in: transaction)
                    return true
                }
            }
            #expect(try await make(2, 40))
            #expect(try await make(1, 40))
            // The dearest of them comes last, and the cheapest goes.
            #expect(try await make(0, 60))
            let states = try await fixture.builds.patches(to: new).map { ($0.from, $0.state) }
            #expect(Set(states.filter { $0.1 == .ready }.map(\.0)) == [old[0], old[1]])
            #expect(try await fixture.builds.garbage(limit: 10).map(\.key) == ["patches/2"])
            let left = try await fixture.builds.preview(from: old[2], to: new, in: fixture.database)
            #expect(left?.updateBytes == 900)
            // It does not come back by itself, and takes nobody's room.
            #expect(try await make(2, 40) == false)
            #expect(try await fixture.builds.garbage(limit: 10).count == 1)
        }
    }
}
