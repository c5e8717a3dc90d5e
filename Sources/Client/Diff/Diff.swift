public import Content
import Delta
import LocalFiles
import Packing
import Patching
public import Threads

/// What an update from one folder to another would cost players, file by file; no service is needed.
///
/// Files are cut, compressed, planned and patched as the service does it.
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
        /// What a player downloads: of each file the lesser of chunks and patch, and what the patch needs besides.
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

    /// As the service makes patches.
    private static let patchMemory = ByteCount.mebibytes(192)

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
        let known = Set(old.chunks.map(\.digest))
        let fresh = new.chunks.indices.filter { !known.contains(new.chunks[$0].digest) }
        let packed = try await new.pack(fresh, pool: self.pool, progress: self.progress)
        let lengths = Dictionary(uniqueKeysWithValues: zip(fresh, packed.map { Int64($0.length) }))
        let before = VersionContent(old) { Int64(old.chunks[$0].length) }
        let after = VersionContent(new) { lengths[$0] ?? Int64(new.chunks[$0].length) }
        let plan = PatchPlan(from: before, to: after)
        let patch = try await self.patch(plan, from: old, to: new)
        let explained = try await self.pool.run { () throws -> [FileChange] in
            try ContentLook.explain(
                plan.changes, new: { try LocalFile(new.tree.location(of: $0.file), mode: .read) },
                old: { try LocalFile(old.tree.location(of: $0), mode: .read) })
        }
        let changes = explained.compactMap { change in
            var file = UpdateFile(change)
            file?.patchBytes = patch?.payloadBytes[change.file]
            return file
        }
        let chunkBytes = PatchPlan.bytesByChunks(from: before, to: after)
        // What a patch needs besides: its header, its index, and what files share.
        let overhead = patch.map { $0.size - $0.payloadBytes.values.reduce(0, +) } ?? 0
        let paths = Set(new.entries.map(\.path))
        return Report(
            files: new.files.count, contentBytes: new.tree.contentSize,
            bytes: min(chunkBytes, changes.reduce(overhead) { $0 + $1.bytes }), chunkBytes: chunkBytes,
            changes: changes.sorted { ($0.bytes, $1.path) > ($1.bytes, $0.path) },
            removed: old.entries.map(\.path).filter { !paths.contains($0) })
    }

    private func open(_ path: String) async throws -> HashedTree {
        let opened = try await self.pool.run { () throws -> PushContent in
            try PushContent(path, options: self.request.options)
        }
        let content = try await opened.hashed(cache: self.request.cache, pool: self.pool, progress: self.progress)
        guard case .folder(let hashed) = content else { throw ClientError.notAFolder(path) }
        return hashed
    }

    /// Makes the patch and forgets its bytes.
    ///
    /// - Returns: nil when none is wanted, or none is worth it.
    private func patch(_ plan: PatchPlan, from old: HashedTree, to new: HashedTree) async throws -> PatchSummary? {
        guard self.request.makesPatches, !plan.targets.isEmpty else { return nil }
        let size = plan.targets.reduce(0) { $0 + new.tree.entries[$1.file].size }
        let counter = StageCounter("patch", total: size, progress: self.progress)
        let summary = try await self.pool.run { () throws -> PatchSummary in
            var references: [Int: PatchReference] = [:]
            for file in Set(plan.targets.flatMap(\.references)) {
                let source = try LocalFile(old.tree.location(of: file), mode: .read)
                references[file] = PatchReference(file: file, source: source)
            }
            let targets = try plan.targets.map { target in
                PatchTarget(
                    file: target.file, source: try LocalFile(new.tree.location(of: target.file), mode: .read),
                    references: target.references.compactMap { references[$0] },
                    growth: StreamCarriers.growth(of: new.tree.entries[target.file].path.text))
            }
            let encoder = PatchEncoder(
                from: Self.nobody, to: Self.nobody, level: .standard, memory: Self.patchMemory,
                threads: max(1, self.pool.threads - 1))
            var done: Int64 = 0
            return try encoder.encode(
                targets,
                progress: { bytes in
                    counter.add(Int(bytes - done))
                    done = bytes
                }, isCancelled: { Task.isCancelled }
            ) { _ in }
        }
        counter.finish()
        return summary
    }

    /// In place of the manifests' digests, which no patch that is thrown away needs.
    private static let nobody = Digest(bytes: [UInt8](repeating: 0, count: Digest.length))
}
