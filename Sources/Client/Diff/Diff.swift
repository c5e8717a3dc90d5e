public import Content
import LocalFiles
import Packing
import Patching
public import Threads

/// What an update from one folder to another would cost players, file by file; no service is needed.
///
/// Chunks are cut and compressed as the service does it, so their bytes are exact. A patch is made of each changed file
/// from the one at the same path; the service may find better ones, from other files.
public struct Diff: Sendable {
    public struct Request: Sendable {
        public let old: String
        public let new: String
        public let options: SourceOptions
        public let cache: CacheLocation?
        /// Whether patches are made to see how long they are.
        public let makesPatches: Bool

        public init(
            old: String, new: String, options: SourceOptions = SourceOptions(), cache: CacheLocation? = nil,
            makesPatches: Bool = true
        ) {
            self.old = old
            self.new = new
            self.options = options
            self.cache = cache
            self.makesPatches = makesPatches
        }
    }

    public struct Report: Encodable, Equatable, Sendable {
        /// Files of the new version.
        public let files: Int
        public let contentBytes: Int64
        /// What a player downloads: of each file the lesser of chunks and patch.
        public let bytes: Int64
        /// The same by chunks alone.
        public let chunkBytes: Int64
        /// The costliest first.
        public let changes: [UpdateFile]
        public let removed: [BuildPath]

        private enum CodingKeys: String, CodingKey {
            case files, bytes, changes, removed
            case contentBytes = "content_bytes"
            case chunkBytes = "chunk_bytes"
        }
    }

    /// A file larger than this is not patched here: what it costs by chunks is told.
    private static let largestPatched: Int64 = 2 << 30
    private static let patchMemory = ByteCount.mebibytes(256)

    private let request: Request
    private let pool: ThreadPool
    private let progress: any ProgressSink

    public init(_ request: Request, pool: ThreadPool, progress: any ProgressSink) {
        self.request = request
        self.pool = pool
        self.progress = progress
    }

    /// - Throws: ``ClientError``, ``LocalFileError``, `PatchError` or `CancellationError`.
    public func run() async throws -> Report {
        let old = try await self.open(self.request.old)
        let new = try await self.open(self.request.new)
        let before = UpdateCost.Old(old)
        let fresh = UpdateCost.newChunks(from: before, to: new)
        let packed = try await new.pack(fresh, pool: self.pool, progress: self.progress)
        let lengths = Dictionary(uniqueKeysWithValues: zip(fresh, packed.map { Int64($0.length) }))
        var changes = UpdateCost.files(from: before, to: new) { lengths[$0] ?? 0 }
        if self.request.makesPatches { changes = try await self.patched(changes, from: old, to: new) }
        changes.sort { ($0.bytes, $1.path) > ($1.bytes, $0.path) }
        let paths = Set(new.entries.map(\.path))
        return Report(
            files: new.files.count, contentBytes: new.tree.contentSize,
            bytes: changes.reduce(0) { $0 + $1.bytes }, chunkBytes: changes.reduce(0) { $0 + $1.chunkBytes },
            changes: changes, removed: old.entries.map(\.path).filter { !paths.contains($0) })
    }

    private func open(_ path: String) async throws -> HashedTree {
        let opened = try await self.pool.run { () throws -> PushContent in
            try PushContent(path, options: self.request.options)
        }
        let content = try await opened.hashed(cache: self.request.cache, pool: self.pool, progress: self.progress)
        guard case .folder(let hashed) = content else { throw ClientError.notAFolder(path) }
        return hashed
    }

    private func patched(
        _ changes: [UpdateFile], from old: HashedTree, to new: HashedTree
    ) async throws -> [UpdateFile] {
        let counter = StageCounter("patch", total: nil, unit: .files, progress: self.progress)
        let changes = try await inParallel(changes, limit: self.pool.threads) { file in
            guard file.reason == .changed, file.chunkBytes > 0, file.size <= Self.largestPatched else { return file }
            let path = file.path.text
            let patchBytes = try await self.pool.run { () throws -> Int64 in
                var bytes: Int64 = 0
                _ = try FilePatch.encode(
                    old: try LocalFile("\(old.tree.root)/\(path)", mode: .read),
                    new: try LocalFile("\(new.tree.root)/\(path)", mode: .read), level: .standard,
                    memory: Self.patchMemory, threads: 1
                ) { bytes += Int64($0.count) }
                return bytes
            }
            counter.add(1)
            var patched = file
            patched.patchBytes = patchBytes
            return patched
        }
        counter.finish()
        return changes
    }
}
