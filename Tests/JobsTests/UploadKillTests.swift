import BuildStore
import Content
import FoundationEssentials
import JobLifecycle
import JobQueue
import Multipart
import NIOCore
import ObjectStore
import Postgres
import TestKit
import Testing
import Uploads

@testable import Jobs

@Suite("Uploads whose process is killed")
struct UploadKillTests {
    /// Two parts, the second of them short.
    private static let bytes = [UInt8](repeating: 7, count: (8 << 20) + 99)

    /// Calls to the store of a whole upload, committed or given up, at most; a kill later than that hits nothing.
    private static let steps = 13

    @Test(
        "killed at every step, the sender goes on or never returns: no upload stays open, and no object is left behind")
    func everyStep() async throws {
        try await ShopJobFixture.with { fixture in
            var committed = 0
            for round in 0..<104 {
                let (step, carriedOut) = (round / 2 % Self.steps, round.isMultiple(of: 2))
                // Of two kills at the same place, one sender comes back.
                let returns = round / (2 * Self.steps) % 2 == 0
                let dying = DyingStore(fixture.store, dyingAt: step, carriedOut: carriedOut)
                let version = "\(round)"
                await Self.send(version, givingUp: round.isMultiple(of: 7), fixture, over: dying)

                let uploads = Self.uploads(fixture, over: fixture.store)
                if returns, let record = try await Self.record(version, fixture), record.status == .uploading {
                    try await Self.finish(record, uploads)
                    committed += 1
                } else {
                    try await fixture.database.execute(
                        "UPDATE upload_sessions SET expires_at = now() - interval '1 s' WHERE state = 'open'")
                }
                try await Self.reap(fixture, uploads)
                _ = try await uploads.sweep(olderThan: .zero)
                try await fixture.collect()

                #expect(try await fixture.store.listMultipartUploads(prefix: "").isEmpty, "round \(round)")
                let kept = try await fixture.database.rows(
                    "SELECT s3_path FROM game_versions WHERE status = 'uploaded' ORDER BY s3_path"
                ).map { row -> String in try row("s3_path") }
                #expect(try await fixture.keys() == kept, "round \(round)")
                // Whatever was committed has done its work; the next round begins with nothing.
                try await fixture.database.execute("DELETE FROM game_versions")
                try await fixture.store.delete(kept.compactMap { ObjectKey($0) })
            }
            #expect(committed > 20)
        }
    }

    @Test("uploads that nobody knows are removed once they are old, and those that somebody knows stay")
    func sweep() async throws {
        try await ShopJobFixture.with { fixture in
            let uploads = Self.uploads(fixture, over: fixture.store)
            let plan = try await uploads.begin(Self.request("1", fixture))
            let unknown = try await fixture.store.beginMultipart("uploads/x/y/1")
            let foreign = try await fixture.store.beginMultipart("elsewhere/1")
            let early = try await uploads.sweep(olderThan: .seconds(3600))
            #expect(early == SweptUploads(known: 1, young: 1, removed: 0, failed: 0))
            let late = try await uploads.sweep(olderThan: .zero)
            #expect(late == SweptUploads(known: 1, young: 0, removed: 1, failed: 0))
            let open = try await fixture.store.listMultipartUploads(prefix: "").map(\.id)
            #expect(open.contains(foreign) && !open.contains(unknown) && open.count == 2)
            try await uploads.abort(plan.version) { _, _ in }
            #expect(try await fixture.store.listMultipartUploads(prefix: "").map(\.id) == [foreign])
        }
    }

    private static func uploads(_ fixture: ShopJobFixture, over store: any ObjectStore) -> Uploads {
        Uploads(database: fixture.database, builds: fixture.builds, store: store, policy: UploadPolicy())
    }

    private static func request(_ version: String, _ fixture: ShopJobFixture) -> UploadRequest {
        UploadRequest(
            game: fixture.game, developer: fixture.developer, versionString: version, fileSize: Int64(self.bytes.count),
            fileName: nil, fileHash: nil, changelog: nil)
    }

    /// The whole protocol, until the process is dead.
    private static func send(
        _ version: String, givingUp: Bool, _ fixture: ShopJobFixture, over store: DyingStore
    ) async {
        let uploads = self.uploads(fixture, over: store)
        do {
            let plan = try await uploads.begin(self.request(version, fixture))
            if givingUp {
                try await self.part(1, plan.version, uploads)
                // Of another size: the store's upload is another one.
                let smaller = try await uploads.resize(plan.version, to: 9 << 20)
                try await uploads.abort(smaller.version) { _, _ in }
            } else {
                try await self.finish(plan.version, uploads)
            }
        } catch {
            // Dead.
        }
    }

    private static func finish(_ version: VersionRecord, _ uploads: Uploads) async throws {
        var plan = try await uploads.plan(for: version)
        if plan.parts.size != Int64(self.bytes.count) {
            plan = try await uploads.resize(version, to: Int64(self.bytes.count))
        }
        let stored = Set(plan.received.map(\.number))
        for number in 1...plan.parts.count where !stored.contains(number) {
            try await self.part(number, plan.version, uploads)
        }
        _ = try await uploads.commit(plan.version, fileHash: nil, provenance: nil) { _, _ in 1 }
        // An answer that was lost is asked for again.
        guard
            let current = try await uploads.commit(plan.version, fileHash: nil, provenance: nil, enqueue: { _, _ in 1 })
                as VersionRecord?,
            current.status == .uploaded
        else { throw ObjectStoreError.cancelled }
    }

    private static func part(_ number: Int, _ version: VersionRecord, _ uploads: Uploads) async throws {
        let plan = try await uploads.plan(for: version).parts
        let range = plan.range(of: number)
        let slice = ByteBuffer(bytes: self.bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        let body = ByteStream(
            AsyncStream { continuation in
                continuation.yield(slice)
                continuation.finish()
            })
        _ = try await uploads.receive(
            part: number, of: version, length: range.upperBound - range.lowerBound, digest: nil, body: body)
    }

    private static func record(_ version: String, _ fixture: ShopJobFixture) async throws -> VersionRecord? {
        let rows = try await fixture.database.rows(
            "SELECT version_id FROM game_versions WHERE version_string = \(version)")
        guard let row = rows.first else { return nil }
        let id: UUID = try row("version_id")
        return try await fixture.builds.version(VersionID(id), in: fixture.database)
    }

    /// Gives up what is over, and removes what it left, as the worker would.
    private static func reap(_ fixture: ShopJobFixture, _ uploads: Uploads) async throws {
        try await uploads.reap { _, _ in }
        let rows = try await fixture.database.rows(
            "SELECT version_id, attempt FROM game_versions WHERE status = 'failed'")
        for row in rows {
            let (id, number): (UUID, Int32) = (try row("version_id"), try row("attempt"))
            let handler = DiscardBuildHandler(builds: fixture.builds, store: fixture.store, staging: fixture.staging)
            let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
            let work = DiscardBuild(version: VersionID(id), attempt: Int(number))
            guard case .completed(let recording) = try await handler.perform(work, attempt: attempt) else { continue }
            if let recording { try await fixture.database.transaction { try await recording($0) } }
        }
    }
}
