import Content
import Delta
public import Threads

/// What a push would send, and what players would then download; nothing is sent, and nothing is made.
public struct PushPreview: Sendable {
    public struct Report: Encodable, Equatable, Sendable {
        /// Bytes that would be sent.
        public let uploadBytes: Int64
        public let contentBytes: Int64
        public let files: Int
        public let chunks: Int
        /// Chunks that the company has not stored.
        public let newChunks: Int
        /// For players of the newest ready version; nil when there is none.
        public let update: Update?

        private enum CodingKeys: String, CodingKey {
            case files, chunks, update
            case uploadBytes = "upload_bytes"
            case contentBytes = "content_bytes"
            case newChunks = "new_chunks"
        }
    }

    public struct Update: Encodable, Equatable, Sendable {
        /// Its version string.
        public let fromVersion: String
        /// Bytes by chunks, at most: a chunk that is stored already counts uncompressed, since only the service knows how long
        /// it is.
        public let bytes: Int64
        /// The costliest first.
        public let files: [UpdateFile]

        private enum CodingKeys: String, CodingKey {
            case bytes, files
            case fromVersion = "from_version"
        }
    }

    private let request: Push.Request
    private let client: ServiceClient
    private let pool: ThreadPool
    private let progress: any ProgressSink

    public init(_ request: Push.Request, client: ServiceClient, pool: ThreadPool, progress: any ProgressSink) {
        self.request = request
        self.client = client
        self.pool = pool
        self.progress = progress
    }

    /// - Throws: as ``Push/run()``.
    public func run() async throws -> Report {
        let opened = try await self.pool.run { () throws -> PushContent in
            try PushContent(self.request.path, options: self.request.options)
        }
        let game = try await self.game()
        let content = try await opened.hashed(cache: self.request.cache, pool: self.pool, progress: self.progress)
        guard case .folder(let hashed) = content else {
            // Nobody knows the chunks of an archive before it is unpacked.
            return Report(
                uploadBytes: content.size, contentBytes: content.size, files: 1, chunks: 0, newChunks: 0, update: nil)
        }
        let missing = try await self.client.missingChunks(hashed.chunks.map(\.digest))
        let source = try await ThinSource(hashed, missing: missing, pool: self.pool, progress: self.progress)
        return Report(
            uploadBytes: source.size, contentBytes: hashed.tree.contentSize, files: hashed.files.count,
            chunks: hashed.chunks.count, newChunks: missing.count,
            update: try await self.update(to: hashed, of: game, source))
    }

    /// - Returns: nil for a game that the push would make.
    private func game() async throws -> GameID? {
        do {
            return try await self.client.game(self.request.game)
        } catch ClientError.noSuchGame(let title) where self.request.createsGame && GameID(title) == nil {
            return nil
        }
    }

    private func update(to hashed: HashedTree, of game: GameID?, _ source: ThinSource) async throws -> Update? {
        guard let game, let newest = try await self.client.newestReadyVersion(of: game) else { return nil }
        let old = VersionContent(try await self.client.openManifest(of: newest.id, game))
        let lengths = source.packedLengths
        let new = VersionContent(hashed) { lengths[$0] ?? Int64(hashed.chunks[$0].length) }
        let files = PatchPlan(from: old, to: new).changes.compactMap { UpdateFile($0) }
        return Update(
            fromVersion: newest.versionString, bytes: PatchPlan.bytesByChunks(from: old, to: new),
            files: files.sorted { ($0.chunkBytes, $1.path) > ($1.chunkBytes, $0.path) })
    }
}
