import BuildStore
import Content
import JobLifecycle
import NIOCore
import ObjectStore
import Packing

/// Chunks that a version keeps stored, read back from their packs.
struct PackedChunks: Sendable {
    /// Bytes fetched by one request; chunks that lie side by side come together.
    static let requestLimit: Int64 = 8 << 20

    let store: any ObjectStore
    private var locations: [Digest: ChunkLocation] = [:]
    private var packs: [Int64: PackRecord] = [:]

    /// - Parameters:
    ///   - locations: of chunks in packs that the version is bound to.
    ///   - packs: those packs.
    init(_ locations: some Sequence<ChunkLocation>, packs: [PackRecord], store: any ObjectStore) {
        self.store = store
        for location in locations { self.locations[location.digest] = location }
        for pack in packs { self.packs[pack.id] = pack }
    }

    /// Where a chunk lies; nil when the version does not keep it.
    func location(of chunk: Digest) -> ChunkLocation? { self.locations[chunk] }

    /// Cuts a row of chunks into runs that lie side by side in one pack and are read by one request.
    func runs(of chunks: [ChunkLocation]) -> [[ChunkLocation]] {
        var runs: [[ChunkLocation]] = []
        for chunk in chunks {
            if let first = runs.last?.first, let last = runs.last?.last, first.pack == chunk.pack,
                last.offset + Int64(last.storedLength) == chunk.offset,
                chunk.offset + Int64(chunk.storedLength) - first.offset <= Self.requestLimit
            {
                runs[runs.count - 1].append(chunk)
            } else {
                runs.append([chunk])
            }
        }
        return runs
    }

    /// Reads one run.
    ///
    /// - Returns: the content of each chunk, verified.
    /// - Throws: ``BuildFailure`` `object-damaged`, or what the store throws.
    func read(_ run: [ChunkLocation]) async throws -> [[UInt8]] {
        guard let first = run.first, let last = run.last else { return [] }
        guard let pack = self.packs[first.pack] else { throw Self.damaged(first.digest) }
        let range = first.offset..<last.offset + Int64(last.storedLength)
        let bytes = try await self.store.read(
            try ObjectKey(validating: pack.objectKey), range: range,
            limit: ByteCount(range.upperBound - range.lowerBound))
        var unpacker = try ChunkUnpacker()
        var contents: [[UInt8]] = []
        for chunk in run {
            let start = Int(chunk.offset - first.offset)
            guard start + chunk.storedLength <= bytes.count else { throw Self.damaged(chunk.digest) }
            do throws(DamagedChunk) {
                contents.append(
                    try unpacker.unpack(
                        Array(bytes[start..<start + chunk.storedLength]), codec: chunk.codec, length: chunk.length,
                        digest: chunk.digest))
            } catch {
                throw Self.damaged(chunk.digest)
            }
        }
        return contents
    }

    private static func damaged(_ chunk: Digest) -> BuildFailure {
        BuildFailure(
            Failure(
                code: "object-damaged", message: "the store gave other bytes for chunk \(chunk)", retryable: true,
                hint: "check the store's disks"))
    }
}
