import Content
import Patching
import Testing

@testable import Client

/// Patches that are not what they should be, and what is in them.
extension InstallerTests {
    @Test("a damaged patch costs bytes, never the installation")
    func damagedPatch() async throws {
        let (_, old, second, new) = try self.contents()
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            let source = AlteringSource(new) { object, range, bytes in
                // The description stays as it is; one payload is wrong.
                guard case .patch = object, range.lowerBound >= 72,
                    range.upperBound < new.patches.values.first?.count ?? 0
                else { return bytes }
                return bytes.map { $0 ^ 1 }
            }
            let summary = try await self.install(new, into: folder, source: source)
            #expect(try tree(of: folder) == second.tree)
            #expect(summary.failedGroups > 0)
        }
    }

    /// What somebody may put in the place of a patch.
    enum Forgery: CaseIterable {
        case ofOtherVersions, short, empty, noise, zeros, sizeOfTheWorld
    }

    @Test(
        "what is no patch of these versions, or not whole, costs bytes, never the installation",
        arguments: Forgery.allCases)
    func forgedPatch(_ forgery: Forgery) async throws {
        let (_, old, second, new) = try self.contents()
        let real = try #require(new.patches.first)
        let other = try MemoryContent(
            SyntheticBuild("3.0", second.items), key: try #require(Self.key), from: (second, new))
        let bytes: [UInt8] =
            switch forgery {
            case .ofOtherVersions: try #require(other.patches.first).value
            case .short: real.value.dropLast(9)
            case .empty: []
            case .noise: SyntheticBuild.bytes(real.value.count, seed: 77)
            case .zeros: [UInt8](repeating: 0, count: real.value.count)
            case .sizeOfTheWorld: real.value
            }
        let source = ForgingSource(
            base: new, bytes: bytes, size: forgery == .sizeOfTheWorld ? Int64.max : Int64(bytes.count))
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            let summary = try await self.install(new, into: folder, source: source)
            #expect(try tree(of: folder) == second.tree)
            #expect(summary.filesPatched == 0 && summary.chunkBytes > 0)
        }
    }

    @Test("damage anywhere in a patch costs bytes, never the installation", arguments: 0..<60)
    func damagedAnywhere(_ round: Int) async throws {
        let (_, old, second, new) = try self.contents()
        let real = try #require(new.patches.first).value
        var bytes = real
        bytes[round * (real.count - 1) / 59] ^= UInt8(1 << (round % 8))
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            let source = ForgingSource(base: new, bytes: bytes, size: Int64(bytes.count))
            _ = try await self.install(new, into: folder, source: source)
            #expect(try tree(of: folder) == second.tree)
        }
    }

    @Test("a patch that goes away while it is fetched costs bytes, never the installation", arguments: 0..<3)
    func vanishingPatch(_ after: Int) async throws {
        let (_, old, second, new) = try self.contents()
        let calls = Counter()
        let source = ForgingSource(base: new, bytes: new.patches.values.first ?? [], size: nil) {
            if calls.next() > after { throw ClientError.noSuchVersion("2.0") }
        }
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            let summary = try await self.install(new, into: folder, source: source)
            #expect(try tree(of: folder) == second.tree)
            // The first two requests are for the description.
            #expect(after < 2 ? summary.filesPatched == 0 : summary.failedGroups > 0)
        }
    }

    @Test("what several files of a patch have in common is fetched once, and they are made of it")
    func sharedGroup() async throws {
        let key = try #require(Self.key)
        let common = SyntheticBuild.bytes(70_000, seed: 99)
        func files(_ edit: ([UInt8]) -> [UInt8]) -> [String: SyntheticBuild.Item] {
            Dictionary(
                uniqueKeysWithValues: (0..<2).map {
                    ("data\($0).pak", .file(edit(SyntheticBuild.bytes(600_000, seed: UInt64($0) + 40))))
                })
        }
        let one = SyntheticBuild("1", files { $0 })
        let two = SyntheticBuild("2", files { Array($0[..<90_000]) + common + Array($0[90_000...]) })
        let old = try MemoryContent(one, key: key)
        let new = try MemoryContent(two, key: key, from: (one, old), level: .standard)
        let patch = try #require(new.patches.values.first)
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            let summary = try await self.install(new, into: folder)
            #expect(try tree(of: folder) == two.tree)
            #expect(summary.filesPatched == 2 && summary.failedGroups == 0)
            #expect(summary.chunkBytes == 0 && summary.patchBytes <= Int64(patch.count))
            #expect(patch.count < 70_000)
        }
    }
}
