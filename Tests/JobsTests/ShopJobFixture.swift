import BuildStore
import ClamAV
import Content
import FoundationEssentials
import Games
import JobQueue
import MediaFiles
import ObjectStore
import Platform
import Postgres
import Releases
import Staging
import Storefront
import Synchronization
import TestKit
import Testing
import Threads

@testable import Jobs

/// A company with a game, a database, a store and a staging area of its own.
struct ShopJobFixture: Sendable {
    let database: Database
    let store: FilesystemStore
    let staging: StagingArea
    let queue: JobQueue
    let builds: BuildStore
    let library: MediaLibrary
    let prices: Prices
    let releases: Releases
    let developer = DeveloperID(UUID())
    let game = GameID(UUID())

    static func with(_ body: (ShopJobFixture) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-jobs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 8))
            do {
                let fixture = try await ShopJobFixture(database, directory: directory.path)
                try await fixture.prepare()
                try await body(fixture)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    private init(_ database: Database, directory: String) async throws {
        self.database = database
        self.store = try await FilesystemStore(
            root: directory + "/store", durability: .unsafeForTests, signer: nil,
            pool: ThreadPool(name: "jobs-test", threads: 2))
        self.staging = try StagingArea(root: directory + "/staging", watermark: .zero)
        self.queue = JobQueue(database: database)
        self.builds = BuildStore(database: database)
        self.library = MediaLibrary(database: database, base: "http://media.test")
        let events = Events(outbox: Outbox(database: database), queue: self.queue)
        self.prices = Prices(
            database: database, policy: PricingPolicy(),
            recording: RefreshPricing.recording(events: events, queue: self.queue))
        self.releases = Releases(
            database: database, builds: self.builds, events: events, policy: ReleasePolicy(),
            scheduling: { _, _, _ in },
            updating: { _, _ in })
    }

    private func prepare() async throws {
        try await self.database.execute(
            "INSERT INTO developers (developer_id, company_name) VALUES (\(self.developer), 'c')")
        try await self.database.execute(
            "INSERT INTO games (game_id, developer_id, title) VALUES (\(self.game), \(self.developer), 't')")
    }

    /// A media file whose bytes are in the store and whose upload is committed.
    func uploaded(_ bytes: [UInt8], as name: String, kind: MediaKind = .screenshot) async throws -> MediaRecord {
        let format = try #require(MediaFormat(fileName: name))
        let request = MediaRequest(kind: kind, format: format, fileName: name, fileSize: Int64(bytes.count), alt: nil)
        let media = try #require(try await self.library.reserve(request, for: self.game, of: self.developer))
        _ = try await self.store.put(
            try ObjectKey(validating: media.uploadKey), .bytes(bytes), digest: nil, condition: .always)
        return try #require(
            try await self.library.complete(media.id, of: self.game, developer: self.developer) { _, _ in 1 })
    }

    /// Runs the job as a worker would: an error that no retry mends ends it.
    func process(_ media: MediaRecord, verdict: ScanVerdict? = nil) async throws {
        let handler = ProcessMediaHandler(
            library: self.library, builds: self.builds, releases: self.releases, store: self.store,
            staging: self.staging, scanner: try OneVerdict(verdict), limits: PixelLimits())
        let work = ProcessMedia(media)
        let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
        do {
            guard case .completed(let recording?) = try await handler.perform(work, attempt: attempt) else { return }
            try await self.database.transaction { try await recording($0) }
        } catch let error as BuildFailure {
            try await self.database.transaction { try await handler.abandon(work, failure: error.failure, in: $0) }
        }
    }

    func current(_ media: MediaRecord) async throws -> MediaRecord? {
        try await self.library.media(media.id, in: self.database)
    }

    func collect(_ retention: Retention = Retention()) async throws {
        let handler = CollectGarbageHandler(
            builds: self.builds, releases: self.releases, library: self.library, store: self.store,
            retention: retention)
        let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
        _ = try await handler.perform(CollectGarbage(), attempt: attempt)
    }

    func keys() async throws -> [String] {
        try await self.store.list(prefix: "", after: nil, limit: 100).map(\.key.text)
    }
}

/// A scanner that says the same of everything; without a word of its own, that all is clean.
struct OneVerdict: MalwareScanner {
    let verdict: ScanVerdict?
    let engine: ScanEngine

    init(_ verdict: ScanVerdict?) throws {
        self.verdict = verdict
        let engine = """
            {"engineVersion": "test", "databaseVersion": "1", "signatureCount": 1, "limitsID": "x", "isBundledSet": true,
             "databaseDigest": "\(String(repeating: "0", count: 64))"}
            """
        self.engine = try JSONDecoder().decode(ScanEngine.self, from: Data(engine.utf8))
    }

    func scan(_ files: [ScanRequest]) async -> [Result<ScanVerdict, ScanError>] {
        files.map { .success(self.verdict ?? .clean(covered: $0.size)) }
    }
}
