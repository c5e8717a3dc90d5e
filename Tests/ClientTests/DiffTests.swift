import Content
import Delta
import Testing
import Threads

@testable import Client

@Suite("What an update costs")
struct DiffTests {
    private let pool = ThreadPool(name: "test", threads: 2)

    private func diff(_ old: String, _ new: String, patches: Bool = true) async throws -> Diff.Report {
        try await Diff(
            Diff.Request(old: old, new: new, makesPatches: patches), pool: self.pool, progress: NoProgress()
        ).run()
    }

    /// An old folder and a new one: a file edited, one moved, one added, one gone, one kept.
    private func withFolders(_ body: (String, String) async throws -> Void) async throws {
        try await withTemporaryFolder { root in
            let (old, new) = ("\(root)/old", "\(root)/new")
            var edited = SyntheticBuild.bytes(600_000, seed: 1)
            for folder in [old, new] { try write(SyntheticBuild.bytes(50_000, seed: 2), to: "\(folder)/kept") }
            try write(edited, to: "\(old)/edited")
            edited.insert(contentsOf: [1, 2, 3], at: 300_000)
            try write(edited, to: "\(new)/edited")
            try write(SyntheticBuild.bytes(70_000, seed: 3), to: "\(old)/here")
            try write(SyntheticBuild.bytes(70_000, seed: 3), to: "\(new)/there")
            try write(SyntheticBuild.bytes(40_000, seed: 4), to: "\(new)/added")
            try write([1], to: "\(old)/gone")
            try await body(old, new)
        }
    }

    @Test("each changed file is told with its reason and the lesser of chunks and patch, the costliest first")
    func reasons() async throws {
        try await self.withFolders { old, new in
            let report = try await self.diff(old, new)
            #expect(Set(report.changes.map(\.path.text)) == ["added", "edited", "there"])
            #expect(report.changes.map(\.bytes) == report.changes.map(\.bytes).sorted(by: >))
            #expect(report.removed.map(\.text) == ["gone", "here"])
            #expect(report.files == 4 && report.contentBytes == 760_003)
            let files = Dictionary(uniqueKeysWithValues: report.changes.map { ($0.path.text, $0) })
            let (added, edited) = (try #require(files["added"]), try #require(files["edited"]))
            #expect(added.origin == .added && added.newBytes == 40_000)
            #expect(files["there"]?.origin == .moved && files["there"]?.bytes == 0)
            #expect(edited.origin == .edited && edited.newBytes > 0 && edited.newBytes < 600_000)
            let patch = try #require(edited.patchBytes)
            #expect(edited.chunkBytes <= edited.newBytes && patch < edited.chunkBytes)
            #expect(edited.bytes == edited.patchBytes)
            #expect(added.reasons.first == .newContent)
            #expect(report.bytes >= added.bytes + edited.bytes && report.bytes <= report.chunkBytes)
            #expect(report.chunkBytes == added.chunkBytes + edited.chunkBytes)
        }
    }

    @Test("without patches, by chunks alone; the same folder costs nothing; an archive is no folder")
    func chunksAlone() async throws {
        try await self.withFolders { old, new in
            let report = try await self.diff(old, new, patches: false)
            #expect(report.bytes == report.chunkBytes && report.changes.allSatisfy { $0.patchBytes == nil })
            let same = try await self.diff(new, new)
            #expect(same.bytes == 0 && same.changes.isEmpty && same.removed.isEmpty)
            await #expect(throws: ClientError.notAFolder("\(old)/kept")) { _ = try await self.diff("\(old)/kept", new) }
        }
    }
}
