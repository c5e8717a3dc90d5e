import BuildStore
import Content
import FoundationEssentials
import Postgres
import Synchronization
import Testing

@Suite("Garbage")
struct GarbageTests {
    /// Collects packs as the job does.
    private static func collect(_ fixture: BuildFixture) async throws -> Set<String> {
        let erased = Mutex<Set<String>>([])
        while try await fixture.builds.condemnUnheldPacks(limit: 2) > 0 {}
        while try await fixture.builds.deleteCondemnedPacks(
            limit: 2, erasing: { keys in erased.withLock { $0.formUnion(keys) } }) > 0
        {}
        return erased.withLock { $0 }
    }

    @Test("a deleted version's objects are written down, and its packs go unless another version holds them")
    func delete() async throws {
        try await BuildFixture.with { fixture in
            let (one, two) = (try await fixture.version("1"), try await fixture.version("2"))
            for number in UInt8(1)...3 { try await fixture.store(number, for: one) }
            _ = try await fixture.database.transaction { transaction in
                try await fixture.builds.keepStored(
                    [fixture.digest(2)], developer: fixture.developer, for: two, in: transaction)
            }
            #expect(try await Self.collect(fixture).isEmpty)
            #expect(try await fixture.database.transaction { try await fixture.builds.delete(one, in: $0) })
            #expect(try await fixture.database.transaction { try await !fixture.builds.delete(one, in: $0) })
            #expect(try await fixture.builds.garbage(limit: 10).map(\.key) == ["uploads/\(one)/1"])
            #expect(try await Self.collect(fixture) == ["packs/1", "packs/3"])
            #expect(try await Self.collect(fixture).isEmpty)
            let left = try await fixture.builds.locations(
                of: (UInt8(1)...3).map(fixture.digest), developer: fixture.developer, in: fixture.database)
            #expect(left.map(\.digest) == [fixture.digest(2)])
            try await fixture.builds.forget(try await fixture.builds.garbage(limit: 10))
            #expect(try await fixture.builds.garbage(limit: 10).isEmpty)
        }
    }

    @Test("a pack that is being sent is nobody's garbage, and a pack that could not be erased stays for the next time")
    func interrupted() async throws {
        struct OnPurpose: Error {}
        try await BuildFixture.with { fixture in
            let one = try await fixture.version("1")
            _ = try await fixture.builds.announce(
                pack: fixture.digest(9), size: 1, key: "packs/9", developer: fixture.developer, for: one)
            #expect(try await Self.collect(fixture).isEmpty)
            _ = try await fixture.database.transaction { try await fixture.builds.delete(one, in: $0) }
            await #expect(throws: OnPurpose.self) {
                try await fixture.builds.deleteCondemnedPacks(limit: 10) { _ in throw OnPurpose() }
            }
            #expect(try await Self.collect(fixture) == ["packs/9"])
        }
    }

    @Test(
        "while garbage is collected builds count on packs: what one counts on stays, what goes nobody counts on",
        arguments: 0..<12)
    func race(round: Int) async throws {
        try await BuildFixture.with { fixture in
            let (one, two) = (try await fixture.version("1"), try await fixture.version("2"))
            for number in UInt8(1)...8 { try await fixture.store(number, for: one) }
            _ = try await fixture.database.transaction { try await fixture.builds.delete(one, in: $0) }
            // The store, as far as the test needs it: what was put and not erased is there.
            let stored = Mutex<Set<String>>(Set((1...8).map { "packs/\($0)" }))
            async let collecting: Void = {
                for _ in 0..<3 {
                    _ = try await fixture.builds.condemnUnheldPacks(limit: 3)
                    _ = try await fixture.builds.deleteCondemnedPacks(limit: 3) { keys in
                        if round.isMultiple(of: 3) { try await Task.sleep(for: .milliseconds(2)) }
                        stored.withLock { $0.subtract(keys) }
                    }
                }
            }()
            if round.isMultiple(of: 2) { try await Task.sleep(for: .milliseconds(round)) }
            // What PlanBuild and TransferChunks do: count on what is stored, send the rest anew.
            let digests = (UInt8(1)...8).map(fixture.digest)
            let kept = try await fixture.database.transaction { transaction in
                try await fixture.builds.keepStored(
                    digests, developer: fixture.developer, for: two, in: transaction)
            }
            for number in UInt8(1)...8 where !kept.contains(fixture.digest(number)) {
                let pack = try await fixture.builds.announce(
                    pack: fixture.digest(number), size: 10, key: "packs/\(number)", developer: fixture.developer,
                    for: two)
                stored.withLock { _ = $0.insert("packs/\(number)") }
                try await fixture.database.transaction { transaction in
                    try await fixture.builds.markStored(
                        pack,
                        chunks: [
                            ChunkLocation(
                                digest: fixture.digest(number), length: 10, pack: pack, offset: 0, storedLength: 10,
                                codec: .stored)
                        ], developer: fixture.developer, in: transaction)
                }
            }
            try await collecting
            #expect(try await Self.collect(fixture).isEmpty)
            #expect(stored.withLock { $0 } == Set((1...8).map { "packs/\($0)" }))
            let located = try await fixture.builds.locations(
                of: digests, developer: fixture.developer, in: fixture.database)
            #expect(located.count == 8)
            #expect(try await fixture.builds.packs(of: two, in: fixture.database).count == 8)
        }
    }
}
