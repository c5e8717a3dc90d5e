public import Content
import LocalFiles
public import Threads

/// Sends a build to the service and waits for what becomes of it.
///
/// May be repeated at will: what the store has is not sent again, and a version that already has this content is
/// simply waited for.
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

        public init(
            path: String, game: String, version: String, changelog: String? = nil, createsGame: Bool = false,
            waits: Bool = true
        ) {
            self.path = path
            self.game = game
            self.version = version
            self.changelog = changelog
            self.createsGame = createsGame
            self.waits = waits
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
        /// Bytes of the archive.
        public let bytes: Int64
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
        }
    }

    /// How often an upload that lacks parts is gone through again.
    private static let rounds = 3

    /// What a store says of an upload that takes no parts any more; ours and S3's words.
    private static let closedCodes: Set<String> = ["upload-expired", "NoSuchUpload"]

    private let request: Request
    private let client: ServiceClient
    private let pool: ThreadPool
    private let progress: any ProgressSink

    public init(_ request: Request, client: ServiceClient, pool: ThreadPool, progress: any ProgressSink) {
        self.request = request
        self.client = client
        self.pool = pool
        self.progress = progress
    }

    /// - Throws: ``ClientError``, ``LocalFileError`` or `CancellationError`.
    public func run() async throws -> Summary {
        let start = ContinuousClock.now
        let source = try await self.pool.run { () throws -> any PushSource in try self.openSource() }
        let game = try await self.game()
        var (version, upload) = try await self.begin(source, game)
        var sent: Int64 = 0
        let digest: Digest
        if let open = upload {
            (version, digest, sent) = try await self.send(source, open, version)
        } else {
            digest = try await self.digest(of: source)
            guard version.fileHash.map({ $0 == digest.description }) ?? (version.fileSize == source.size) else {
                throw ClientError.versionTaken(self.request.version, status: version.status)
            }
            self.progress.report(.note("version \(self.request.version) has this content already"))
        }
        upload = nil
        if self.request.waits {
            version = try await BuildFollower(client: self.client, progress: self.progress).follow(version)
            if version.status == .failed { throw Self.failure(of: version) }
        }
        return Summary(
            game: game, version: version.id, versionString: version.versionString, status: version.status.rawValue,
            fileHash: digest.description, bytes: source.size, sentBytes: sent,
            seconds: (ContinuousClock.now - start) / .seconds(1), content: version.content)
    }

    private func openSource() throws -> any PushSource {
        guard let location = FileSystem.realPath(of: self.request.path) else {
            throw ClientError.noSuchPath(self.request.path)
        }
        switch try FileSystem.status(of: location)?.kind {
        case .directory:
            let source = try TreeSource(location)
            let files = source.tree.entries.count { $0.content != .directory }
            self.progress.report(
                .note("\(self.request.path): \(files) files, \(ByteCount(source.tree.contentSize))"))
            return source
        default:
            let source = try ArchiveSource(self.request.path)
            self.progress.report(.note("\(self.request.path): \(ByteCount(source.size))"))
            return source
        }
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

    /// Reserves the version, or finds the upload that an earlier push began.
    ///
    /// - Returns: no upload when the version has its bytes already.
    private func begin(
        _ source: any PushSource, _ game: GameID
    ) async throws -> (version: VersionDocument, upload: UploadDocument?) {
        let request = BeginUpload(
            versionString: self.request.version, fileSize: source.size, fileName: source.name,
            changelog: self.request.changelog)
        if let version = try await self.client.begin(request, of: game) {
            return (version, try await self.upload(of: version))
        }
        let existing = try await self.client.version(self.request.version, of: game)
        switch existing.status {
        case .uploaded, .processing, .ready: return (existing, nil)
        case .failed: throw ClientError.versionTaken(self.request.version, status: .failed)
        case .uploading: break
        }
        do {
            let upload = try await self.upload(of: existing)
            if upload.state != "open" {
                self.progress.report(.note("the earlier upload of this version is \(upload.state); beginning again"))
            } else if upload.fileSize == source.size {
                let parts = upload.received.count
                self.progress.report(.note("going on with an upload that has \(parts) of \(upload.partCount) parts"))
                return (existing, upload)
            } else {
                self.progress.report(.note("an earlier upload of this version had another size; beginning again"))
            }
        } catch ClientError.refused(let problem) where problem.code == "upload-expired" {
            self.progress.report(.note("the earlier upload of this version has expired; beginning again"))
        }
        try await self.client.abort(existing.id, game)
        guard let version = try await self.client.begin(request, of: game) else {
            throw ClientError.versionTaken(self.request.version, status: .uploading)
        }
        return (version, try await self.upload(of: version))
    }

    private func upload(of version: VersionDocument) async throws -> UploadDocument {
        if let upload = version.upload { return upload }
        return try await self.client.upload(of: version.id, version.game)
    }

    private func send(
        _ source: any PushSource, _ upload: UploadDocument, _ version: VersionDocument
    ) async throws -> (version: VersionDocument, digest: Digest, sent: Int64) {
        let sender = PartSender(
            client: self.client, version: version.id, game: version.game, source: source, pool: self.pool)
        var upload = upload
        var sent: Int64 = 0
        for _ in 0..<Self.rounds {
            guard upload.fileSize == source.size else {
                throw ClientError.unexpectedAnswer(url: "upload", reason: "the upload is of another size")
            }
            let counter = StageCounter("send", total: source.size, progress: self.progress)
            let outcome: PartSender.Outcome
            do {
                outcome = try await sender.run(upload, counter)
                try await self.pool.run { () throws in try source.verifyUnchanged() }
            } catch ClientError.refused(let problem) where Self.closedCodes.contains(problem.code) {
                // Complete, perhaps, by a commit whose answer was lost; only asking tells.
                counter.fail()
                let digest = try await self.digest(of: source)
                guard let version = try await self.client.complete(version.id, version.game, fileHash: digest) else {
                    throw ClientError.refused(problem)
                }
                return (version, digest, sent)
            } catch {
                counter.fail()
                throw error
            }
            sent += outcome.sent
            counter.finish()
            if let version = try await self.client.complete(version.id, version.game, fileHash: outcome.digest) {
                return (version, outcome.digest, sent)
            }
            upload = try await self.client.upload(of: version.id, version.game)
        }
        throw ClientError.refused(
            Problem(
                status: 422, code: "upload-incomplete", title: "The store keeps losing parts",
                hint: "Push again; if it happens again, tell the people who run the service."))
    }

    private func digest(of source: any PushSource) async throws -> Digest {
        let counter = StageCounter("compare", total: source.size, progress: self.progress)
        let digest = try await self.pool.run { () throws -> Digest in
            try source.digest { counter.add($0) }
        }
        counter.finish()
        return digest
    }

    private static func failure(of version: VersionDocument) -> ClientError {
        guard let failure = version.failure else {
            return .unexpectedAnswer(url: "version \(version.id)", reason: "failed, and nobody says why")
        }
        return .buildFailed(failure)
    }
}
