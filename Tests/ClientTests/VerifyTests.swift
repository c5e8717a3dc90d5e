import Content
import Digests
import Glibc
import LocalFiles
import Synchronization
import Testing
import Threads

@testable import Client

@Suite("Verifying")
struct VerifyTests {
    let pool = ThreadPool(name: "test", threads: 2)

    private func withInstallation(_ body: (String, MemoryContent, Verify) async throws -> Void) async throws {
        let key = try #require(InstallerTests.key)
        let content = try MemoryContent(InstallerTests.first, key: key)
        try await withTemporaryFolder { folder in
            try await self.install(content, key.verifyingKey, into: folder)
            try await body(folder, content, Verify(folder, pool: self.pool, progress: NoProgress()))
        }
    }

    /// Lets go of the folder's lock when it returns.
    private func install(_ content: MemoryContent, _ key: Ed25519.VerifyingKey, into path: String) async throws {
        let folder = try InstallFolder(making: path)
        try folder.write(key: key.bytes)
        let installer = Installer(folder: folder, source: content, pool: self.pool, progress: NoProgress())
        _ = try await installer.run(
            try Installer.Signed(envelope: content.envelope, trusting: [key]), installed: nil, begun: nil)
    }

    @Test("what was installed is intact")
    func intact() async throws {
        try await self.withInstallation { _, _, verify in
            let report = try await verify.run()
            #expect(report.isIntact)
            #expect(report.files == 8)
            #expect(report.extra.isEmpty)
        }
    }

    @Test("every kind of damage is found and named, and repair fetches only what is wrong")
    func damage() async throws {
        try await self.withInstallation { folder, content, verify in
            let pak = try LocalFile("\(folder)/data/big.pak", mode: .update)
            try pak.write([1, 2, 3].span, at: 30_000)
            try LocalFile("\(folder)/data/same.txt", mode: .update).resize(to: 100)
            try LocalFile("\(folder)/game.bin", mode: .update).write([0].span, at: 20_000)
            try LocalFile("\(folder)/data/old.txt", mode: .update).setPermissions(0o755)
            try FileSystem.remove("\(folder)/data/moved-from.bin")
            try FileSystem.remove("\(folder)/run")
            try FileSystem.removeDirectory("\(folder)/logs")
            try FileSystem.remove("\(folder)/old-link")
            try write([1], to: "\(folder)/old-link")
            try write([1], to: "\(folder)/saves/mine.sav")

            let report = try await verify.run()
            #expect(report.damaged.map(\.path).sorted() == ["data/big.pak", "data/same.txt", "game.bin"])
            #expect(report.damaged.first { $0.path == "data/big.pak" }?.chunks == 1)
            #expect(report.damaged.first { $0.path == "game.bin" }?.chunks == 0)
            #expect(report.missing.sorted() == ["data/moved-from.bin", "logs", "run"])
            #expect(report.altered.sorted() == ["data/old.txt", "old-link"])
            #expect(report.extra == ["saves/mine.sav"])

            let repaired = try await verify.repair(from: content)
            let summary = try #require(repaired.repair)
            #expect(summary.downloadedBytes < 20_000)
            var found = try tree(of: folder)
            found["saves"] = nil
            found["saves/mine.sav"] = nil
            #expect(found == InstallerTests.first.tree)
            #expect(try await verify.run().isIntact)
        }
    }

    @Test("repair fetches the chunks that are wrong to the byte, and asks for nothing else")
    func fetchedBytes() async throws {
        try await self.withInstallation { folder, content, verify in
            // Two chunks far from each other, in the middle of files.
            let wrong = [("data/big.pak", 5), ("data/moved-from.bin", 2)].map { path, position in
                let entry = content.manifestValue.entries.firstIndex { $0.path.text == path } ?? 0
                return (path, content.manifestValue.pieces(of: entry)[position])
            }
            for (path, piece) in wrong {
                try LocalFile("\(folder)/\(path)", mode: .update).write([7, 7, 7].span, at: piece.offset + 10)
            }
            let asked = Mutex<[Range<Int64>]>([])
            let source = AlteringSource(content) { _, range, bytes in
                asked.withLock { $0.append(range) }
                return bytes
            }
            let summary = try #require(try await verify.repair(from: source).repair)
            let stored = wrong.reduce(Int64(0)) { $0 + Int64(content.manifestValue.chunks[$1.1.chunk].storedLength) }
            #expect(asked.withLock { $0.reduce(0) { $0 + Int64($1.count) } } == stored)
            #expect(summary.downloadedBytes == stored && summary.patchBytes == 0)
            #expect(try tree(of: folder) == InstallerTests.first.tree)
        }
    }

    @Test("a file on a part of the disk that fails counts as damaged, and is no reason to give up")
    func unreadable() async throws {
        // Reads as a failing disk does: the beginning of this process's memory, where nothing is.
        let piece = Piece(chunk: 0, offset: 0, length: 100, digest: Digest.sha256(of: []))
        let subject = ChunkCheck.Subject(path: "/proc/self/mem", pieces: [piece])
        #expect(throws: LocalFileError(.read, "/proc/self/mem", code: EIO)) {
            try LocalFile("/proc/self/mem", mode: .read).read(100, at: 0)
        }
        #expect(try await ChunkCheck.run([subject], on: self.pool) == [[false]])
    }

    @Test("an altered manifest and a folder without one are refused")
    func noManifest() async throws {
        try await self.withInstallation { folder, _, verify in
            let manifest = "\(folder)/.slipway/manifest"
            try LocalFile(manifest, mode: .update).write([0xFF].span, at: 40)
            do {
                _ = try await verify.run()
                Issue.record("an altered manifest was trusted")
            } catch ClientError.damagedState(let path, _) {
                #expect(path == manifest)
            }
            try FileSystem.remove(manifest)
            await #expect(throws: ClientError.notInstalled(folder)) { try await verify.run() }
        }
    }
}
