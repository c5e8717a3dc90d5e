public import Content
import Digests
import FoundationEssentials
import ManifestSigning
import Synchronization

/// The service's API, as far as push and pull need it.
///
/// Every call tries again what may pass, and throws ``ClientError``.
public final class ServiceClient: Sendable {
    let session: HTTPSession
    private let root: WebAddress

    /// - Parameter settings: where the service is, and who asks.
    public init(_ settings: ServerSettings, progress: any ProgressSink) {
        self.session = HTTPSession(server: settings.server, credentials: settings.credentials, progress: progress)
        self.root = settings.server.appending("/api/v1/developer")
    }

    /// Closes all connections.
    ///
    /// No call may follow.
    public func shutdown() async { await self.session.shutdown() }

    // MARK: games

    /// The game with an identifier or a title.
    ///
    /// - Throws: ``ClientError/noSuchGame(_:)`` or ``ClientError/ambiguousGame(_:candidates:)`` besides the common ones.
    public func game(_ reference: String) async throws -> GameID {
        if let id = GameID(reference) {
            let answer = try await self.session.send(HTTPRequest(.get, self.url(id, "")), accepting: [404])
            guard answer.status != 404 else { throw ClientError.noSuchGame(reference) }
            return id
        }
        let found = try await self.items("/games?limit=200&q=\(WebAddress.encode(reference))", of: GameDocument.self) {
            $0.title == reference
        }
        guard found.count <= 1 else { throw ClientError.ambiguousGame(reference, candidates: found.map(\.id)) }
        guard let game = found.first else { throw ClientError.noSuchGame(reference) }
        return game.id
    }

    public func createGame(title: String) async throws -> GameID {
        let answer = try await self.post(self.root.appending("/games"), ["title": title])
        return try self.decode(GameDocument.self, answer).id
    }

    // MARK: versions

    /// Reserves a version and begins its upload.
    ///
    /// - Returns: nil when the version exists already.
    func begin(_ request: BeginUpload, of game: GameID) async throws -> VersionDocument? {
        let body = try JSONEncoder().encode(request)
        let answer = try await self.session.send(
            HTTPRequest(.post, self.url(game, "/versions"), headers: Self.json, body: Array(body)), accepting: [409])
        guard answer.status != 409 else {
            guard answer.problem.code == "version-exists" else { throw ClientError.refused(answer.problem) }
            return nil
        }
        return try self.decode(VersionDocument.self, answer)
    }

    public func version(_ id: VersionID, of game: GameID) async throws -> VersionDocument {
        try await self.version(id, of: game, waiting: nil)
    }

    /// - Parameter waiting: the answer comes when the version is ready or failed, or after this time.
    func version(_ id: VersionID, of game: GameID, waiting: Duration?) async throws -> VersionDocument {
        let query = waiting.map { "?wait=\($0.components.seconds)s" } ?? ""
        let patience = (waiting ?? .zero) + .seconds(60)
        return try self.decode(
            VersionDocument.self,
            try await self.session.send(HTTPRequest(.get, self.url(game, id, query), patience: patience)))
    }

    /// The version with an identifier or a version string.
    ///
    /// - Throws: ``ClientError/noSuchVersion(_:)`` besides the common ones.
    public func version(_ reference: String, of game: GameID) async throws -> VersionDocument {
        if let id = VersionID(reference) {
            let answer = try await self.session.send(HTTPRequest(.get, self.url(game, id, "")), accepting: [404])
            guard answer.status != 404 else { throw ClientError.noSuchVersion(reference) }
            return try self.decode(VersionDocument.self, answer)
        }
        let found = try await self.items("/games/\(game)/versions?limit=200", of: VersionDocument.self, atMost: 1) {
            $0.versionString == reference
        }
        guard let version = found.first else { throw ClientError.noSuchVersion(reference) }
        return version
    }

    /// The version that players are most likely to have; nil when none is ready.
    func newestReadyVersion(of game: GameID) async throws -> VersionDocument? {
        let answer = try await self.session.send(
            HTTPRequest(.get, self.url(game, "/versions?limit=1&status=ready")))
        return try self.decode(PageDocument<VersionDocument>.self, answer).items.first
    }

    // MARK: upload

    func upload(of version: VersionID, _ game: GameID) async throws -> UploadDocument {
        try self.decode(
            UploadDocument.self, try await self.session.send(HTTPRequest(.get, self.url(game, version, "/upload"))))
    }

    /// - Parameter parts: 1 to 100 numbers.
    func sign(parts: [Int], of version: VersionID, _ game: GameID) async throws -> [UploadDocument.PresignedPart] {
        let answer = try await self.post(self.url(game, version, "/upload/parts"), ["part_numbers": parts])
        return try self.decode(SignedParts.self, answer).parts
    }

    /// Commits the upload; the same answer any number of times.
    ///
    /// - Returns: nil when the store lacks parts.
    func complete(_ version: VersionID, _ game: GameID, fileHash: Digest) async throws -> VersionDocument? {
        let body = try JSONEncoder().encode(["file_hash": fileHash.description])
        let answer = try await self.session.send(
            HTTPRequest(
                .post, self.url(game, version, "/upload/complete"), headers: Self.json, body: Array(body),
                patience: .seconds(300)),
            accepting: [422])
        guard answer.status != 422 else {
            guard answer.problem.code == "upload-incomplete" else { throw ClientError.refused(answer.problem) }
            return nil
        }
        return try self.decode(VersionDocument.self, answer)
    }

    func abort(_ version: VersionID, _ game: GameID) async throws {
        _ = try await self.session.send(HTTPRequest(.delete, self.url(game, version, "/upload")))
    }

    // MARK: events

    /// Follows a job's version until the server ends the stream.
    ///
    /// - Parameter take: false stops it.
    /// - Throws: ``ConnectionFault`` when the stream breaks; nothing is tried again here.
    func follow(job: String, take: @escaping @Sendable (VersionDocument) -> Bool) async throws {
        let parser = Mutex(EventStreamParser())
        let address = self.root.appending("/jobs/\(WebAddress.encode(job))/events")
        let answer = try await self.session.stream(
            HTTPRequest(.get, address, headers: [("Accept", "text/event-stream")])
        ) { bytes in
            for event in try parser.withLock({ try $0.take(bytes) }) where event.name == "version" {
                let version = try JSONDecoder().decode(VersionDocument.self, from: Data(event.data.utf8))
                guard take(version) else { return false }
            }
            return true
        }
        guard answer.status == 200 else { throw ClientError.refused(answer.problem) }
    }

    // MARK: installation

    /// The signed manifest.
    func manifest(of version: VersionID, _ game: GameID) async throws -> [UInt8] {
        try await self.session.send(
            HTTPRequest(
                .get, self.url(game, version, "/manifest"), answerLimit: Self.largestManifest, patience: .seconds(120))
        ).body
    }

    /// The manifest, its signature checked by the service's own keys: enough for those who only compare.
    ///
    /// - Throws: ``ClientError/untrustedManifest(reason:)`` besides the common ones.
    func openManifest(of version: VersionID, _ game: GameID) async throws -> Manifest {
        let keys = try await self.manifestKeys().compactMap { try? Ed25519.VerifyingKey(bytes: $0) }
        do {
            return try ManifestEnvelope.open(try await self.manifest(of: version, game), trusting: keys).manifest
        } catch let error as ManifestSigningError {
            throw ClientError.untrustedManifest(reason: "\(error)")
        }
    }

    /// The patch that leads from one version to another.
    ///
    /// - Returns: nil when there is none that can be used.
    func patch(from: VersionID, to version: VersionID, _ game: GameID) async throws -> PatchDocument? {
        try await self.items("/games/\(game)/versions/\(version)/patches?from=\(from)", of: PatchDocument.self) {
            $0.from == from && $0.state == "ready"
        }.first
    }

    func address(ofPack digest: Digest, _ version: VersionID, _ game: GameID) -> WebAddress {
        self.url(game, version, "/packs/\(digest)")
    }

    func address(ofPatchFrom from: VersionID, to version: VersionID, _ game: GameID) -> WebAddress {
        self.url(game, version, "/patches/\(from)")
    }

    /// The public keys that the service signs manifests with, each 32 bytes.
    func manifestKeys() async throws -> [[UInt8]] {
        let address = self.session.server.appending("/.well-known/slipway-keys.json")
        let answer = try await self.session.send(HTTPRequest(.get, address))
        return try self.decode(KeysDocument.self, answer).keys.compactMap {
            $0.algorithm == "Ed25519" ? Data(base64Encoded: $0.publicKey).map(Array.init) : nil
        }
    }

    // MARK: plumbing

    static let json = [(name: "Content-Type", value: "application/json")]
    /// As stored; a manifest of four million files takes less.
    private static let largestManifest = 1 << 30
    /// Pages of one list, at most.
    private static let mostPages = 2_000

    func address(_ suffix: String) -> WebAddress { self.root.appending(suffix) }

    private func url(_ game: GameID, _ suffix: String) -> WebAddress { self.root.appending("/games/\(game)\(suffix)") }

    func url(_ game: GameID, _ version: VersionID, _ suffix: String) -> WebAddress {
        self.url(game, "/versions/\(version)\(suffix)")
    }

    private func post(_ address: WebAddress, _ body: some Encodable) async throws -> HTTPAnswer {
        let body = try JSONEncoder().encode(body)
        return try await self.session.send(HTTPRequest(.post, address, headers: Self.json, body: Array(body)))
    }

    /// Reads a list page by page.
    ///
    /// - Parameter limit: stops once so many are found.
    private func items<Item: Decodable>(
        _ path: String, of type: Item.Type, atMost limit: Int = .max, where isWanted: (Item) -> Bool
    ) async throws -> [Item] {
        var found: [Item] = []
        var cursor: String?
        for _ in 0..<Self.mostPages {
            let suffix = cursor.map { "&cursor=\(WebAddress.encode($0))" } ?? ""
            let answer = try await self.session.send(HTTPRequest(.get, self.root.appending(path + suffix)))
            let page = try self.decode(PageDocument<Item>.self, answer)
            found += page.items.filter(isWanted)
            guard found.count < limit, let next = page.nextCursor, next != cursor else { return found }
            cursor = next
        }
        return found
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ answer: HTTPAnswer) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw ClientError.unexpectedAnswer(url: answer.address.publicText, reason: "\(error)")
        }
    }
}
