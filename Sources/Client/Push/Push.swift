public import Content
import LocalFiles
public import Threads

/// Sends a build to the service and waits for what becomes of it.
///
/// An archive goes as it is; of a folder only the chunks that the company has not stored before. May be repeated at will:
/// what the store has is not sent again, and a version that already has this content is simply waited for.
public struct Push: Sendable {
    public struct Request: Sendable {
        /// An archive, or a folder.
        public let path: String
        /// Identifier or title.
        public let game: String
        public let version: String
        public let changelog: String?
        /// Whether a game that does not exist is made.
        public let createsGame: Bool
        /// Whether to wait until the build is ready or failed.
        public let waits: Bool
        /// How a folder becomes a build.
        public let options: SourceOptions
        /// Where the chunks of a folder are remembered; nil for nowhere.
        public let cache: CacheLocation?

        public init(
            path: String, game: String, version: String, changelog: String? = nil, createsGame: Bool = false,
            waits: Bool = true, options: SourceOptions = SourceOptions(), cache: CacheLocation? = nil
        ) {
            self.path = path
            self.game = game
            self.version = version
            self.changelog = changelog
            self.createsGame = createsGame
            self.waits = waits
            self.options = options
            self.cache = cache
        }
    }

    /// What came of it.
    public struct Summary: Encodable, Equatable, Sendable {
        public let game: GameID
        public let version: VersionID
        public let versionString: String
        public let status: String
        /// SHA-256 of what was uploaded.
        public let fileHash: String
        /// Bytes of the upload.
        public let bytes: Int64
        /// Bytes of content the upload stands for; of an archive, its own.
        public let sourceBytes: Int64
        /// Bytes that went out now.
        public let sentBytes: Int64
        public let seconds: Double
        public let content: VersionDocument.ContentDocument?

        private enum CodingKeys: String, CodingKey {
            case status, bytes, seconds, content
            case game = "game_id"
            case version = "version_id"
            case versionString = "version_string"
            case fileHash = "file_hash"
            case sentBytes = "sent_bytes"
            case sourceBytes = "source_bytes"
        }
    }

    let request: Request
    let client: ServiceClient
    let pool: ThreadPool
    let progress: any ProgressSink

    public init(_ request: Request, client: ServiceClient, pool: ThreadPool, progress: any ProgressSink) {
        self.request = request
        self.client = client
        self.pool = pool
        self.progress = progress
    }

    /// - Throws: ``ClientError``, ``LocalFileError`` or `CancellationError`.
    public func run() async throws -> Summary {
        let start = ContinuousClock.now
        let opened = try await self.pool.run { () throws -> PushContent in
            try PushContent(self.request.path, options: self.request.options)
        }
        self.progress.report(.note(opened.description))
        let game = try await self.game()
        let content = try await opened.hashed(cache: self.request.cache, pool: self.pool, progress: self.progress)
        var (version, upload) = try await self.begin(content, game)
        var sent = SentUpload(digest: nil, size: 0, bytes: 0)
        if let open = upload {
            (version, sent) = try await self.send(content, open, version)
        } else {
            version = try await self.compare(content, with: version)
            self.progress.report(.note("version \(self.request.version) has this content already"))
        }
        upload = nil
        if self.request.waits {
            version = try await BuildFollower(client: self.client, progress: self.progress).follow(version)
            if version.status == .failed { throw Self.failure(of: version) }
        }
        return Summary(
            game: game, version: version.id, versionString: version.versionString, status: version.status.rawValue,
            fileHash: sent.digest?.description ?? version.fileHash ?? "", bytes: sent.size, sourceBytes: content.size,
            sentBytes: sent.bytes, seconds: (ContinuousClock.now - start) / .seconds(1), content: version.content)
    }

    private func game() async throws -> GameID {
        do {
            return try await self.client.game(self.request.game)
        } catch ClientError.noSuchGame(let title) where self.request.createsGame && GameID(title) == nil {
            let game = try await self.client.createGame(title: title)
            self.progress.report(.note("made game '\(title)': \(game)"))
            return game
        }
    }

    static func failure(of version: VersionDocument) -> ClientError {
        guard let failure = version.failure else {
            return .unexpectedAnswer(url: "version \(version.id)", reason: "failed, and nobody says why")
        }
        return .buildFailed(failure)
    }
}
