import Packing
import Threads

extension HashedTree {
    /// Chunks packed by one call on a thread.
    private static let batch = 64

    /// Compresses chunks, several at a time, and forgets the bytes: only their lengths are wanted.
    ///
    /// - Returns: in the order of `numbers`.
    /// - Throws: ``ClientError/changedDuringPush(_:)``, ``LocalFileError``.
    func pack(_ numbers: [Int], pool: ThreadPool, progress: any ProgressSink) async throws -> [ThinBuild.Body] {
        let counter = StageCounter(
            "pack", total: numbers.reduce(0) { $0 + Int64(self.chunks[$1].length) }, progress: progress)
        let batches = stride(from: 0, to: numbers.count, by: Self.batch).map {
            Array(numbers[$0..<min($0 + Self.batch, numbers.count)])
        }
        do {
            let bodies = try await inParallel(batches, limit: pool.threads) { batch in
                try await pool.run { () throws -> [ThinBuild.Body] in
                    var packer = try ChunkPacker()
                    var bodies: [ThinBuild.Body] = []
                    for number in batch {
                        try Task.checkCancellation()
                        let packed = try packer.pack(try self.read(number))
                        counter.add(self.chunks[number].length)
                        bodies.append(ThinBuild.Body(length: packed.bytes.count, codec: packed.codec))
                    }
                    return bodies
                }
            }
            counter.finish()
            return bodies.flatMap { $0 }
        } catch {
            counter.fail()
            throw error
        }
    }
}
