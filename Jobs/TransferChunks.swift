import BuildStore
public import Content
import Digests
public import JobLifecycle
import JobQueue
import ObjectStore
import Packing
import Postgres
import Staging

/// Fifth stage, beside ``ScanFiles``: compresses the new chunks of one pack and puts the pack into the store.
///
/// Safe to repeat: the pack is named by its bytes, and the same chunks give the same bytes. Its row is written before it is
/// sent, so that whatever happens it is found again and removed when nobody needs it.
public struct TransferChunks: BuildJob {
    public static let kind: JobKind = "transfer-chunks"
    public static let policy = JobPolicy(queue: "transfer", retry: RetryPolicy(maxAttempts: 8), timeout: .seconds(3600))

    public let version: VersionID
    let pack: Int
}

struct TransferChunksHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let store: any ObjectStore
    let staging: StagingArea

    func perform(_ work: TransferChunks, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        let builds = self.pipeline.builds
        guard let plan = try await builds.packPlan(work.pack, of: version.id) else { return .completed }
        attempt.report { progress in
            progress.bytesTotal = plan.size
            progress.itemsTotal = Int64(plan.entries.count)
        }
        let pack = try await self.build(plan, of: version, attempt: attempt)
        let digest = Digest.sha256(of: pack.bytes)
        let key = try StoreLayout.pack(digest, of: version.developer)
        let id = try await builds.announce(
            pack: digest, size: Int64(pack.bytes.count), key: key.text, developer: version.developer, for: version.id)
        do {
            _ = try await self.store.put(key, .bytes(pack.bytes), digest: digest, condition: .ifAbsent)
        } catch .alreadyExists {
            // The name is the content: an earlier attempt got this far.
        }
        let chunks = pack.chunks
        return .completed { transaction in
            try await builds.markStored(id, chunks: chunks, developer: version.developer, in: transaction)
        }
    }

    private struct Pack {
        var bytes: [UInt8] = []
        var chunks: [ChunkLocation] = []
    }

    private func build(_ plan: PackPlan, of version: VersionRecord, attempt: Attempt) async throws -> Pack {
        let staging = try self.staging.build(version.id)
        let numbers = Array(Set(plan.entries.map(\.file))).sorted()
        let files = try await self.pipeline.builds.files(
            of: version.id, numbers: numbers, in: self.pipeline.builds.database)
        let paths = Dictionary(uniqueKeysWithValues: files.map { ($0.number, $0.path) })
        var packer = try ChunkPacker()
        var pack = Pack()
        pack.bytes.reserveCapacity(Int(plan.size))
        var open: (number: Int, source: StagedFile)?
        for entry in plan.entries {
            try Task.checkCancellation()
            if open?.number != entry.file, let path = paths[entry.file] {
                open = (entry.file, try staging.open(path))
            }
            guard let source = open?.source else { continue }
            let bytes = try source.read(entry.length, at: entry.offset)
            let stored = try packer.pack(bytes)
            pack.chunks.append(
                ChunkLocation(
                    digest: entry.digest, length: entry.length, pack: 0, offset: Int64(pack.bytes.count),
                    storedLength: stored.bytes.count, codec: stored.codec))
            pack.bytes += stored.bytes
            attempt.report { progress in
                progress.bytesDone += Int64(entry.length)
                progress.itemsDone += 1
            }
        }
        return pack
    }
}
