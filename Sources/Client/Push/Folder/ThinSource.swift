import Content
import ContentHashing
import LocalFiles
import Packing
import Threads

/// A folder as the thin build of `Sources/Packing`, which is never written: any range of it is made when it is read.
///
/// Chunks are compressed once to know how long they become, and again when they are sent: a second time over a core is
/// cheaper than a copy of the build on the sender's disk. Every chunk that is sent is compared with its digest as it goes.
struct ThinSource: PushSource {
    let name: String
    let size: Int64
    private let hashed: HashedTree
    private let head: [UInt8]
    /// The chunks that are sent, where each begins in the file, and how long it is there.
    private let sent: [(chunk: Int, start: Int64, length: Int)]

    /// Bytes of content that are sent.
    var newBytes: Int64 { self.sent.reduce(0) { $0 + Int64(self.hashed.chunks[$1.chunk].length) } }
    /// Chunks that are sent.
    var newChunks: Int { self.sent.count }
    /// Bytes of the chunks as they are sent, by their numbers.
    var packedLengths: [Int: Int64] {
        Dictionary(uniqueKeysWithValues: self.sent.map { ($0.chunk, Int64($0.length)) })
    }

    /// - Parameter missing: indexes of the chunks that have to be sent, ascending.
    /// - Throws: ``ClientError/changedDuringPush(_:)``, ``LocalFileError``.
    init(
        _ hashed: HashedTree, missing: [Int], pool: ThreadPool, progress: any ProgressSink
    ) async throws {
        let bodies = try await hashed.pack(missing, pool: pool, progress: progress)
        let byChunk = Dictionary(uniqueKeysWithValues: zip(missing, bodies))
        let build = ThinBuild(
            entries: hashed.entries,
            chunks: hashed.chunks.enumerated().map { number, chunk in
                ThinBuild.Chunk(digest: chunk.digest, length: chunk.length, body: byChunk[number])
            }, cuts: FileChunker.cuts)
        let head = try build.encodedHead()
        var position = Int64(head.count)
        self.sent = missing.map { number in
            let length = byChunk[number]?.length ?? 0
            defer { position += Int64(length) }
            return (number, position, length)
        }
        self.size = position
        self.head = head
        self.hashed = hashed
        self.name = PushContent.folder(hashed).name
    }

    func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        let end = offset + Int64(count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        if offset < Int64(self.head.count) {
            bytes += self.head[Int(offset)..<Int(min(end, Int64(self.head.count)))]
        }
        var packer = try ChunkPacker()
        var index = self.firstBody(endingAfter: offset)
        while index < self.sent.count, self.sent[index].start < end {
            let body = self.sent[index]
            let packed = try packer.pack(try self.hashed.read(body.chunk)).bytes
            guard packed.count == body.length else { throw ClientError.changedDuringPush(self.name) }
            let wanted = max(offset, body.start)..<min(end, body.start + Int64(body.length))
            bytes += packed[Int(wanted.lowerBound - body.start)..<Int(wanted.upperBound - body.start)]
            index += 1
        }
        return bytes
    }

    func verifyUnchanged() throws {
        let tree = self.hashed.tree
        for (index, entry) in tree.entries.enumerated() where entry.content != .directory {
            let status = try FileSystem.status(of: tree.location(of: index))
            guard status.map(SourceTree.Stamp.init) == tree.stamps[index] else {
                throw ClientError.changedDuringPush(entry.path.text)
            }
        }
    }

    private func firstBody(endingAfter offset: Int64) -> Int {
        var low = 0
        var high = self.sent.count
        while low < high {
            let middle = (low + high) / 2
            let body = self.sent[middle]
            if body.start + Int64(body.length) <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
