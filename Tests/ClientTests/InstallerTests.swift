import Content
import Digests
import Glibc
import LocalFiles
import Patching
import Synchronization
import Testing
import Threads

@testable import Client

@Suite("Installing")
struct InstallerTests {
    static let key = try? Ed25519.SigningKey(seed: [UInt8](repeating: 7, count: 32))

    static let first = SyntheticBuild(
        "1.0",
        [
            "game.bin": .file(SyntheticBuild.bytes(20_000, seed: 1), executable: true),
            "data/big.pak": .file(SyntheticBuild.bytes(60_000, seed: 2)),
            "data/same.txt": .file(SyntheticBuild.bytes(5000, seed: 3)),
            "data/old.txt": .file(SyntheticBuild.bytes(900, seed: 4)),
            "data/moved-from.bin": .file(SyntheticBuild.bytes(12_000, seed: 5)),
            "data/empty.txt": .file([]),
            "logs": .directory,
            "run": .symlink("game.bin"),
            "becomes-folder": .file([1, 2, 3]),
            "becomes-file/inner.txt": .file([4, 5, 6]),
            "old-link": .symlink("data/same.txt"),
        ])

    static var second: SyntheticBuild {
        var big = SyntheticBuild.bytes(60_000, seed: 2)
        big.replaceSubrange(20_000..<20_010, with: [UInt8](repeating: 9, count: 10))
        big.replaceSubrange(50_000..<50_010, with: [UInt8](repeating: 8, count: 10))
        return SyntheticBuild(
            "2.0",
            [
                "game.bin": .file(SyntheticBuild.bytes(20_000, seed: 1) + [1, 2, 3], executable: true),
                "data/big.pak": .file(big),
                "data/same.txt": .file(SyntheticBuild.bytes(5000, seed: 3), executable: true),
                "data/new/deep.txt": .file(SyntheticBuild.bytes(7000, seed: 6)),
                "moved-to.bin": .file(SyntheticBuild.bytes(12_000, seed: 5)),
                "moved-twice.bin": .file(SyntheticBuild.bytes(12_000, seed: 5)),
                "data/empty.txt": .file([]),
                "run": .symlink("data/same.txt"),
                "becomes-folder/inner.txt": .file(SyntheticBuild.bytes(3000, seed: 7)),
                "becomes-file": .file([7]),
                "empty-folder": .directory,
            ])
    }

    let pool = ThreadPool(name: "test", threads: 2)

    private static let shared = Result<(SyntheticBuild, MemoryContent, SyntheticBuild, MemoryContent), any Error> {
        let key = try #require(Self.key)
        let (first, second) = (Self.first, Self.second)
        let old = try MemoryContent(first, key: key)
        return (first, old, second, try MemoryContent(second, key: key, from: (first, old)))
    }

    func contents() throws -> (SyntheticBuild, MemoryContent, SyntheticBuild, MemoryContent) {
        try Self.shared.get()
    }

    func install(
        _ content: MemoryContent, into folder: String, source: (any FetchSource)? = nil, usesPatch: Bool = true,
        checkpoint: @escaping InstallCheckpoint = { _ in }
    ) async throws -> InstallSummary {
        let key = try #require(Self.key).verifyingKey
        let install = try InstallFolder(making: folder)
        let state = try InstalledState(of: install, trusting: [key])
        let installer = Installer(
            folder: install, source: source ?? content, pool: self.pool, progress: NoProgress(), usesPatch: usesPatch,
            checkpoint: checkpoint)
        return try await installer.run(
            try Installer.Signed(envelope: content.envelope, trusting: [key]), installed: state.installed,
            begun: state.begun)
    }

    @Test("a fresh installation is the build, and nothing else")
    func freshInstall() async throws {
        let (first, old, _, _) = try self.contents()
        try await withTemporaryFolder { folder in
            let summary = try await self.install(old, into: folder)
            #expect(try tree(of: folder) == first.tree)
            #expect(summary.filesFromChunks == 8)
            #expect(summary.downloadedBytes == old.packs.values.reduce(0) { $0 + Int64($1.count) })
            #expect(try FileSystem.list("\(folder)/.slipway/staging").isEmpty)
        }
    }

    @Test("installing again fetches and writes nothing")
    func installAgain() async throws {
        let (first, old, _, _) = try self.contents()
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            let writes = Mutex(0)
            let summary = try await self.install(old, into: folder) { step in
                if step != .commit { writes.withLock { $0 += 1 } }
            }
            #expect(try tree(of: folder) == first.tree)
            #expect(summary.downloadedBytes == 0)
            #expect(summary.filesKept == 8)
            #expect(writes.withLock { $0 } == 0)
        }
    }

    @Test("an update gives the same tree with and without a patch, and the patch saves bytes")
    func update() async throws {
        let (_, old, second, new) = try self.contents()
        var downloaded: [Int64] = []
        for usesPatch in [true, false] {
            try await withTemporaryFolder { folder in
                _ = try await self.install(old, into: folder)
                let summary = try await self.install(new, into: folder, usesPatch: usesPatch)
                #expect(try tree(of: folder) == second.tree)
                #expect(summary.filesCopied == 2)
                #expect((summary.filesPatched > 0) == usesPatch)
                #expect(summary.failedGroups == 0)
                downloaded.append(summary.downloadedBytes)
            }
        }
        #expect(downloaded[0] < downloaded[1])
        #expect(downloaded[1] < 20_000)
    }

    @Test("files that are no part of any version stay")
    func unknownFilesStay() async throws {
        let (_, old, second, new) = try self.contents()
        try await withTemporaryFolder { folder in
            try write([1], to: "\(folder)/saves/slot1.sav")
            _ = try await self.install(old, into: folder)
            try write([2], to: "\(folder)/data/mod.txt")
            try write([3], to: "\(folder)/data/old.txt")
            _ = try await self.install(new, into: folder)
            var expected = second.tree
            expected["saves"] = "directory"
            expected["saves/slot1.sav"] = "file \([UInt8](arrayLiteral: 1).hashValue) 1"
            expected["data/mod.txt"] = "file \([UInt8](arrayLiteral: 2).hashValue) 1"
            // It left with the new version, but somebody had changed it.
            expected["data/old.txt"] = "file \([UInt8](arrayLiteral: 3).hashValue) 1"
            #expect(try tree(of: folder) == expected)
        }
    }

    @Test("files that are there without our state are recognised by their content")
    func adoptsExistingFiles() async throws {
        let (first, old, _, _) = try self.contents()
        try await withTemporaryFolder { folder in
            try first.write(to: folder)
            try write([0], to: "\(folder)/data/same.txt")
            let summary = try await self.install(old, into: folder)
            #expect(try tree(of: folder) == first.tree)
            #expect(summary.filesKept == 7)
            #expect(summary.downloadedBytes < 8000)
        }
    }

    @Test("what stands in the way and is not ours is refused before anything is fetched")
    func blocked() async throws {
        let (_, old, _, _) = try self.contents()
        try await withTemporaryFolder { folder in
            try write([1], to: "\(folder)/data")
            await #expect(throws: ClientError.blocked(path: "data")) {
                try await self.install(old, into: folder) { step in #expect(step != .fetch) }
            }
            try FileSystem.remove("\(folder)/data")
            try FileSystem.makeDirectories("\(folder)-elsewhere")
            defer { try? FileSystem.removeTree("\(folder)-elsewhere") }
            try FileSystem.makeLink("\(folder)/data", to: "\(folder)-elsewhere")
            await #expect(throws: ClientError.blocked(path: "data")) { try await self.install(old, into: folder) }
            #expect(try FileSystem.list("\(folder)-elsewhere").isEmpty)
        }
    }

    @Test("files behind a link that replaced a folder are never touched")
    func linkedFolder() async throws {
        let (_, old, second, _) = try self.contents()
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: "\(folder)/game")
            // The player moved a folder to another disk and left a link.
            try FileSystem.rename("\(folder)/game/becomes-file", to: "\(folder)/elsewhere")
            try FileSystem.makeLink("\(folder)/game/becomes-file", to: "\(folder)/elsewhere")
            let third = SyntheticBuild("3.0", ["game.bin": try #require(second.items["game.bin"])])
            _ = try await self.install(try MemoryContent(third, key: try #require(Self.key)), into: "\(folder)/game")
            #expect(try tree(of: "\(folder)/elsewhere").keys.sorted() == ["inner.txt"])
            #expect(try tree(of: "\(folder)/game").keys.sorted() == ["becomes-file", "game.bin"])
        }
    }

    @Test("stopped at any step and gone on with, an update ends in the same tree", arguments: [true, false])
    func stoppedAnywhere(usesPatch: Bool) async throws {
        let (first, old, second, new) = try self.contents()
        let steps = Mutex(0)
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            _ = try await self.install(new, into: folder, usesPatch: usesPatch) { _ in steps.withLock { $0 += 1 } }
        }
        let total = steps.withLock { $0 }
        #expect(total > 20)
        for stop in stride(from: 0, to: total, by: max(1, total / 60)) {
            try await withTemporaryFolder { folder in
                _ = try await self.install(old, into: folder)
                await #expect(throws: Stopped.self) {
                    try await self.install(
                        new, into: folder, usesPatch: usesPatch, checkpoint: Self.stopping(after: stop))
                }
                // Whatever stands under a final name is whole: of the old version or the new one.
                for (path, found) in try tree(of: folder) where found != "directory" {
                    #expect(found == first.tree[path] || found == second.tree[path], "\(path) after \(stop) steps")
                }
                _ = try await self.install(new, into: folder, usesPatch: usesPatch)
                #expect(try tree(of: folder) == second.tree, "stopped after \(stop) steps")
            }
        }
    }

    @Test("a disk that is full at any write stops an update with what is whole, and the next run goes on")
    func diskFull() async throws {
        let (first, old, second, new) = try self.contents()
        let writes = Counter()
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            _ = try await self.install(new, into: folder) { step in if step == .write { _ = writes.next() } }
        }
        let total = writes.next() - 1
        #expect(total > 5)
        for stop in 1...total {
            try await withTemporaryFolder { folder in
                _ = try await self.install(old, into: folder)
                let count = Counter()
                let full = LocalFileError(.write, folder, code: ENOSPC)
                await #expect(throws: full) {
                    try await self.install(new, into: folder) { step in
                        if step == .write, count.next() >= stop { throw full }
                    }
                }
                for (path, found) in try tree(of: folder) where found != "directory" {
                    #expect(found == first.tree[path] || found == second.tree[path], "\(path) after \(stop) writes")
                }
                _ = try await self.install(new, into: folder)
                #expect(try tree(of: folder) == second.tree, "full after \(stop) writes")
            }
        }
    }

    @Test("stopped again and again, an installation gets on each time and ends")
    func stoppedRepeatedly() async throws {
        let (first, old, _, _) = try self.contents()
        try await withTemporaryFolder { folder in
            var attempts = 0
            while attempts < 60 {
                attempts += 1
                do {
                    _ = try await self.install(old, into: folder, checkpoint: Self.stopping(after: 16))
                    break
                } catch is Stopped {
                    continue
                }
            }
            #expect(attempts > 3)
            #expect(attempts < 60)
            #expect(try tree(of: folder) == first.tree)
        }
    }

    @Test("stopped while one version is put in place, then brought to another, nothing of it stays behind")
    func stoppedThenOtherVersion() async throws {
        let (first, old, _, new) = try self.contents()
        let third = SyntheticBuild("3.0", ["game.bin": .file([1, 2, 3])])
        let latest = try MemoryContent(third, key: try #require(Self.key))
        for stop in stride(from: 0, to: 22, by: 3) {
            try await withTemporaryFolder { folder in
                _ = try await self.install(old, into: folder)
                let commits = Mutex(0)
                await #expect(throws: Stopped.self) {
                    try await self.install(new, into: folder) { step in
                        guard step == .commit else { return }
                        if commits.withLock({ count in
                            count += 1
                            return count > stop
                        }) {
                            throw Stopped()
                        }
                    }
                }
                let goal = stop.isMultiple(of: 2) ? (third, latest) : (first, old)
                _ = try await self.install(goal.1, into: folder)
                #expect(try tree(of: folder) == goal.0.tree, "stopped after \(stop) commits")
            }
        }
    }

    @Test("a large file that moved is taken over whole; one that changed meanwhile is fetched where it did")
    func largeMove() async throws {
        let key = try #require(Self.key)
        let bytes = SyntheticBuild.bytes(1 << 20, seed: 21)
        let one = SyntheticBuild("1", ["a/large.pak": .file(bytes), "small": .file([1])])
        let two = SyntheticBuild(
            "2", ["b/large.pak": .file(bytes), "b/twice.pak": .file([9] + bytes), "small": .file([1])])
        let (old, new) = (try MemoryContent(one, key: key), try MemoryContent(two, key: key))
        let steps = Mutex(0)
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            let summary = try await self.install(new, into: folder) { step in
                if step == .write { steps.withLock { $0 += 1 } }
            }
            #expect(try tree(of: folder) == two.tree)
            #expect(summary.filesCopied == 1 && summary.reusedBytes >= 1 << 20)
        }
        try await withTemporaryFolder { folder in
            _ = try await self.install(old, into: folder)
            // In the middle of the pull, after the survey: the index says that the file is what it was.
            let isDone = Mutex(false)
            _ = try await self.install(new, into: folder) { step in
                let isFirst = isDone.withLock { done in
                    defer { done = true }
                    return !done
                }
                if isFirst {
                    try LocalFile("\(folder)/a/large.pak", mode: .update).write([0, 0, 0].span, at: 500_000)
                }
            }
            #expect(try tree(of: folder).filter { $0.key != "a/large.pak" && $0.key != "a" } == two.tree)
        }
    }

    @Test("a chunk that comes damaged once is fetched again; one that stays damaged is named")
    func damagedChunk() async throws {
        let (first, old, _, _) = try self.contents()
        try await withTemporaryFolder { folder in
            let calls = Counter()
            let once = AlteringSource(old) { object, _, bytes in
                guard case .pack = object, calls.next() == 2 else { return bytes }
                return bytes.dropLast() + [bytes[bytes.count - 1] ^ 0x80]
            }
            _ = try await self.install(old, into: folder, source: once)
            #expect(try tree(of: folder) == first.tree)
        }
        try await withTemporaryFolder { folder in
            let pack = try #require(old.manifestValue.packs.last)
            let chunk = try #require(old.manifestValue.chunks.last)
            let always = AlteringSource(old) { object, _, bytes in
                guard object == .pack(pack.digest) else { return bytes }
                return bytes.dropLast() + [bytes[bytes.count - 1] ^ 0x80]
            }
            await #expect(throws: ClientError.damagedChunk(chunk.digest, pack: pack.digest)) {
                try await self.install(old, into: folder, source: always)
            }
            #expect(try tree(of: folder).isEmpty)
        }
    }

    private struct Stopped: Error {}

    private static func stopping(after steps: Int) -> InstallCheckpoint {
        let count = Counter()
        return { _ in
            guard count.next() <= steps else { throw Stopped() }
        }
    }
}

final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        self.value.withLock { value in
            value += 1
            return value
        }
    }
}
