import Archives
import BuildStore
import Content
import Digests
import Foundation
import JobLifecycle
import Staging
import Synchronization
import Testing
import Threads

@testable import JobQueue
@testable import Jobs

/// Cuts attempts to ingest off, and lets the next one go on.
@Suite("A killed ingest")
struct IngestResumeTests {
    private static let files: [(path: String, bytes: [UInt8])] = (0..<300).map { number in
        (
            "d\(number % 7)/file\(number)",
            (0..<(number * 37 % 9000)).map { UInt8(truncatingIfNeeded: $0 &* (number + 1)) }
        )
    }

    /// What an attempt comes to.
    private struct Ended {
        let entries: [UnpackedEntry]?
        let digest: Digest?
        let checkpoint: IngestCheckpoint?
    }

    private let threads = ThreadPool(name: "ingest", threads: 4)

    /// Runs an attempt as the handler does, cut off once it has done `items` entries, unless it is quicker than that.
    private func attempt(
        _ file: URL, in area: StagingArea, _ version: VersionID, from checkpoint: IngestCheckpoint?, until items: Int64
    ) async throws -> Ended {
        let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 5, scope: nil, developer: nil)
        let source = try FileSource(path: file.path)
        let checkpoint = checkpoint ?? IngestCheckpoint(size: source.size)
        let hash = Hexadecimal.decode(checkpoint.hash).flatMap { ResumableSHA256(state: $0) } ?? ResumableSHA256()
        let build = try area.build(version)
        let progress = IngestProgress(
            from: checkpoint, staging: build, attempt: attempt, on: self.threads, interval: .kibibytes(64))
        let upload = HashedUpload(
            source, hash: hash, gate: FairGate(width: 1), key: "", on: self.threads, attempt: attempt)
        let work = Task.detached {
            let staging = try IngestStaging(build, from: checkpoint, progress: progress)
            let entries = try ArchiveUnpacker(limits: .standard).unpack(upload, into: staging, attempt: attempt)
            let digest = try upload.digest()
            try staging.finish()
            return (entries, digest)
        }
        let watch = Task.detached {
            while !Task.isCancelled, attempt.progress.itemsDone < items { usleep(200) }
            work.cancel()
        }
        let result = await work.result
        watch.cancel()
        progress.finish()
        let saved = attempt.takeNews()?.checkpoint
        let left = try saved.map { try JSONDecoder().decode(IngestCheckpoint.self, from: Data($0.utf8)) }
        let ended = try? result.get()
        return Ended(entries: ended?.0, digest: ended?.1, checkpoint: left ?? checkpoint)
    }

    /// Cuts an ingest off again and again.
    ///
    /// - Parameter points: entries done before each cut. Where an attempt is quicker than its cut, all begins anew.
    /// - Returns: the last checkpoint, and the entries of each.
    private func cutOff(
        _ archive: URL, in area: StagingArea, at points: [Int64]
    ) async throws -> (version: VersionID, counts: [Int], checkpoint: IngestCheckpoint?) {
        next: for _ in 0..<20 {
            let version = VersionID(UUID())
            var checkpoint: IngestCheckpoint?
            var counts: [Int] = []
            for point in points {
                let cut = try await self.attempt(archive, in: area, version, from: checkpoint, until: point)
                guard cut.entries == nil else {
                    try area.remove(version)
                    continue next
                }
                checkpoint = cut.checkpoint
                counts.append(checkpoint?.entries ?? 0)
            }
            return (version, counts, checkpoint)
        }
        throw QuickerThanTheCut()
    }

    private struct QuickerThanTheCut: Error {}

    private func withArchive(_ name: String, _ body: (URL, StagingArea, URL) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "resume-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        let tree = root.appending(path: "tree")
        for file in Self.files {
            let url = tree.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: url)
        }
        let archive = root.appending(path: name)
        try self.run(
            name.hasSuffix("zip") ? ["zip", "-qr", archive.path, "."] : ["tar", "-caf", archive.path, "."], in: tree)
        try FileManager.default.createDirectory(
            at: root.appending(path: "staging"), withIntermediateDirectories: true)
        let area = try StagingArea(root: root.appending(path: "staging").path, watermark: .zero)
        try await body(archive, area, root.appending(path: "staging"))
    }

    private func run(_ command: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private func inode(_ path: String, of version: VersionID, in staging: URL) throws -> Int {
        let url = staging.appending(path: "\(version)/files/\(path)")
        return try #require(FileManager.default.attributesOfItem(atPath: url.path)[.systemFileNumber] as? Int)
    }

    @Test(
        "it goes on from its last checkpoint, and ends with the same files and the same digest",
        arguments: ["a.tar", "a.tar.gz", "a.zip"])
    func resumes(name: String) async throws {
        try await self.withArchive(name) { archive, area, staging in
            let expected = Digest.sha256(of: Array(try Data(contentsOf: archive)))
            for points in [[20], [40, 150, 280]] as [[Int64]] {
                let (version, counts, checkpoint) = try await self.cutOff(archive, in: area, at: points)
                // It never goes back.
                #expect(counts == counts.sorted())
                let before = try? self.inode("d1/file1", of: version, in: staging)
                let ended = try await self.attempt(archive, in: area, version, from: checkpoint, until: .max)
                #expect(ended.digest == expected)
                let build = try area.build(version)
                for file in Self.files {
                    let staged = try build.open(try BuildPath(validating: file.path))
                    #expect(try staged.read(Int(staged.size), at: 0) == file.bytes)
                }
                #expect(ended.entries?.filter { $0.entry == .file }.count == Self.files.count)
                let names = try FileManager.default.contentsOfDirectory(
                    atPath: staging.appending(path: "\(version)").path)
                #expect(names == ["files"])
                if let before, (checkpoint?.entries ?? 0) > 250 {
                    #expect(try self.inode("d1/file1", of: version, in: staging) == before)
                }
                try area.remove(version)
            }
        }
    }

    @Test("files that were whole are taken over, not written again")
    func adopts() async throws {
        try await self.withArchive("a.tar") { archive, area, staging in
            let version = VersionID(UUID())
            let cut = try await self.attempt(archive, in: area, version, from: nil, until: 250)
            let checkpoint = try #require(cut.checkpoint)
            #expect(checkpoint.entries > 0)
            let paths = Self.files.map(\.path).filter { path in
                FileManager.default.fileExists(atPath: staging.appending(path: "\(version)/files/\(path)").path)
            }
            let inodes = try paths.map { try self.inode($0, of: version, in: staging) }
            _ = try await self.attempt(archive, in: area, version, from: checkpoint, until: .max)
            let kept = try zip(paths, inodes).filter { try self.inode($0, of: version, in: staging) == $1 }.count
            // All that the checkpoint counts, but for its folders.
            #expect(kept >= checkpoint.entries - 8)
        }
    }
}
