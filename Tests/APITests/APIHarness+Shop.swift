import API
import Access
import Accounts
import BuildStore
import Content
import FoundationEssentials
import Games
import JobLifecycle
import JobQueue
import NIOHTTP1
import Platform
import Postgres
import Releases
import Storefront
import Testing

/// What a game shows and how it is released, with jobs that nobody runs.
extension APIHarness {
    struct ProcessMedia: Job {
        static let kind: JobKind = "process-media"
        static let policy = JobPolicy(queue: "media", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(60))

        let media: MediaID
    }

    struct CollectGarbage: Job {
        static let kind: JobKind = "collect-garbage"
        static let policy = JobPolicy(queue: "clean", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(60))
    }

    static func shop(
        _ database: Database, builds: BuildStore, queue: JobQueue, policy: ReleasePolicy = ReleasePolicy()
    ) -> ShopServices {
        let outbox = Outbox(database: database)
        return ShopServices(
            listings: Listings(database: database),
            prices: Prices(database: database, policy: PricingPolicy(), recording: { _, _, _ in }),
            media: MediaLibrary(database: database, base: "\(Self.publicURL)/media/v1"),
            releases: Releases(
                database: database, builds: builds, events: outbox, policy: policy, scheduling: { _, _, _ in },
                updating: { _, _ in }),
            enqueueMedia: { media, transaction in
                try await queue.enqueue(
                    ProcessMedia(media: media.id), scope: JobScope(id: media.id.uuid, developer: media.developer),
                    in: transaction
                ).rawValue
            },
            collectGarbage: { try await queue.enqueue(CollectGarbage(), unique: "collect-garbage", in: $0) })
    }

    /// A service of the platform.
    func service(_ permissions: ServicePermission...) throws -> Caller {
        .token(
            try self.issuer.mint(
                service: "admin-service", permissions: permissions, lifetime: .seconds(600), now: Date()))
    }

    /// A company that the platform has verified, and its founder.
    func verifiedCompany() async throws -> Member {
        let member = try await self.company()
        _ = try await self.services.accounts.decide(.verify, reason: nil, on: member.developer)
        return member
    }

    /// A version as it is when all jobs are done.
    func readyVersion(of game: String, by member: Member, _ name: String) async throws -> String {
        let (path, document) = try await self.version(of: game, by: member, name, size: 4)
        let text = try #require(document["version_id"].text)
        let id = try #require(VersionID(text))
        try await self.database.execute(
            """
            UPDATE game_versions SET status = 'ready', s3_path = \("manifests/\(id)"), finished_at = now(),
                manifest_digest = sha256(\(name)::text::bytea), file_hash = repeat('a', 64)
            WHERE version_id = \(id)
            """)
        try await self.markClean(id)
        #expect(path.hasSuffix(id.description))
        return id.description
    }

    /// As the scan leaves a version in which it found nothing.
    func markClean(_ id: VersionID) async throws {
        try await self.database.execute(
            """
            INSERT INTO version_scans
                (version_id, engine, bundled, files, bytes, files_scanned, bytes_scanned, finished_at)
            VALUES (\(id), 'test', false, 1, 4, 1, 4, now())
            """)
    }

    /// Submits a version and has it approved.
    @discardableResult
    func approve(_ version: String, of game: String, by member: Member) async throws -> String {
        let submitted = try await self.call(.POST, "/games/\(game)/versions/\(version)/submit", as: member.caller)
        #expect(submitted.status == 200, "\(submitted.json)")
        let review = try #require(submitted.json["review"]["review_id"].text)
        let decided = try await self.call(
            .POST, "/internal/v1/reviews/\(review)/decision", as: try self.service(.reviewsDecide),
            json: ["decision": "approved"])
        #expect(decided.status == 200, "\(decided.json)")
        return review
    }

    /// The events of these types that were told so far, oldest first.
    func events(_ types: String...) async throws -> [JSONValue] {
        try await self.database.rows(
            "SELECT type, data::text AS data FROM outbox WHERE type = ANY (\(types)::text[]) ORDER BY seq"
        ).map { row in
            let text: String = try row("data")
            return try JSONParser.parse(Array(text.utf8))
        }
    }

    func reviewStatus(of version: String, in game: String, by member: Member) async throws -> String? {
        try await self.call(.GET, "/games/\(game)/versions/\(version)", as: member.caller).json["review_status"].text
    }
}
