import Content
import ContentHashing
import FoundationEssentials
import LocalFiles
import Synchronization
import Threads

/// Cuts and hashes the files of a folder, several at a time, as the service would.
struct TreeHasher: Sendable {
    let tree: SourceTree
    /// Where the cache lies; nil for none.
    let cachePath: String?
    let pool: ThreadPool
    let progress: any ProgressSink

    /// Bytes read between two savings of the cache, so that a push that is killed early need not read it all again.
    private static let savedEvery: Int64 = 4 << 30

    /// What became of one run.
    private struct State: Sendable {
        var cache: ChunkCache
        var unsaved: Int64 = 0
    }

    /// - Returns: the chunks of each file, by the entry's index.
    /// - Throws: ``ClientError/changedDuringPush(_:)``, ``LocalFileError``.
    func run() async throws -> [Int: ChunkedFile] {
        let old = try await self.pool.run { () throws -> ChunkCache in
            self.cachePath.map { ChunkCache(readingFrom: $0) } ?? ChunkCache()
        }
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000_000)
        let state = Mutex(State(cache: ChunkCache()))
        var known: [Int: ChunkedFile] = [:]
        var unread: [Int] = []
        for (index, entry) in self.tree.entries.enumerated() {
            guard case .file = entry.content else { continue }
            if let file = old.file(at: entry.path, self.tree.stamps[index]) {
                known[index] = file
                state.withLock { $0.cache.take(file, at: entry.path, self.tree.stamps[index], now: now) }
            } else {
                unread.append(index)
            }
        }
        // The largest first, so that none is left alone at the end.
        unread.sort { (self.tree.entries[$0].size, $1) > (self.tree.entries[$1].size, $0) }
        let counter = StageCounter(
            "hash", total: unread.reduce(0) { $0 + self.tree.entries[$1].size }, progress: self.progress)
        let hashed: [(Int, ChunkedFile)]
        do {
            hashed = try await inParallel(unread, limit: self.pool.threads) { index in
                let file = try await self.pool.run { () throws -> ChunkedFile in try self.hash(index, counter) }
                let full = state.withLock { state -> ChunkCache? in
                    state.cache.take(file, at: self.tree.entries[index].path, self.tree.stamps[index], now: now)
                    state.unsaved += self.tree.entries[index].size
                    guard state.unsaved >= Self.savedEvery else { return nil }
                    state.unsaved = 0
                    return state.cache
                }
                if let full { await self.save(full) }
                return (index, file)
            }
        } catch {
            counter.fail()
            await self.save(state.withLock { $0.cache })
            throw error
        }
        counter.finish()
        for (index, file) in hashed { known[index] = file }
        if !unread.isEmpty || old.entries.count != known.count { await self.save(state.withLock { $0.cache }) }
        return known
    }

    private func hash(_ index: Int, _ counter: StageCounter) throws -> ChunkedFile {
        let path = self.tree.entries[index].path.text
        do {
            let source = try LocalFile(self.tree.location(of: index), mode: .read)
            let file = try FileChunker.chunk(source, isCancelled: { Task.isCancelled }) { counter.add(Int($0)) }
            // Asked after the read, so that no change since the scan escapes.
            guard SourceTree.Stamp(try source.status()) == self.tree.stamps[index] else {
                throw ClientError.changedDuringPush(path)
            }
            return file
        } catch let error as LocalFileError where error.code == 0 || error.isNotFound {
            throw ClientError.changedDuringPush(path)
        }
    }

    /// A cache that cannot be written costs time the next time, and nothing else.
    private func save(_ cache: ChunkCache) async {
        guard let path = self.cachePath else { return }
        do {
            try await self.pool.run { () throws in try cache.write(to: path) }
        } catch {
            self.progress.report(.warning("the cache of chunks could not be written: \(error)"))
        }
    }
}
