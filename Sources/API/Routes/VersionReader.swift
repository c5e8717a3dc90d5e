import BuildStore
import Content
import FoundationEssentials
import Hummingbird
import JobQueue
import Multipart
import ObjectStore
import Storefront
import Uploads

/// Finds versions for routes, and puts together all that is known of one.
struct VersionReader: Sendable {
    let builds: BuildStore
    let queue: JobQueue
    let uploads: Uploads
    let uploadJSON: UploadJSON

    /// How much of an upload to tell.
    enum UploadDetail {
        /// Nothing: it costs a request to the store, and every answer would differ by its signatures.
        case none
        /// The plan and what has arrived.
        case plan
        /// The plan with the first missing parts signed.
        case signed
    }

    init(_ services: APIServices) {
        self.builds = services.builds
        self.queue = services.queue
        self.uploads = services.uploads
        self.uploadJSON = UploadJSON(publicURL: services.publicURL)
    }

    /// The version that the path names, if it is the caller's.
    func version(_ context: APIContext) async throws -> VersionRecord {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        let id = try context.pathIdentifier("version_id", of: Version.self)
        return try await self.version(id, of: game, developer: try context.requireDeveloper())
    }

    func version(_ id: VersionID, of game: GameID, developer: DeveloperID) async throws -> VersionRecord {
        guard let version = try await self.builds.version(id, of: game, developer: developer) else {
            throw HTTPProblem.notFound
        }
        return version
    }

    func json(_ version: VersionRecord, upload: UploadDetail) async throws -> JSONValue {
        var parts = VersionJSON.Parts()
        var received: Int64?
        if version.status == .uploading, upload != .none, let plan = try await self.plan(of: version) {
            received = plan.received.reduce(0) { $0 + $1.size }
            parts.upload = try await self.json(plan, signed: upload == .signed)
        }
        parts.stages = [VersionJSON.receiving(version, received: received)]
        if let job = version.job {
            let stages = try await self.queue.progress(scope: version.id.uuid, since: JobID(rawValue: job))
            parts.stages += stages.map { VersionJSON.stage($0, now: .now) }
            parts.scan = try await self.builds.scan(of: version.id)
            parts.review = try await self.builds.review(of: version.id)
            parts.manifest = try await self.builds.manifest(of: version.id)
        }
        return VersionJSON.version(version, parts)
    }

    /// The plan with the first missing parts signed, as far as the store signs.
    func json(_ plan: UploadPlan, signed: Bool) async throws -> JSONValue {
        guard signed, plan.state == "open" else { return self.uploadJSON.plan(plan, parts: []) }
        let received = Set(plan.received.map(\.number))
        let missing = (1...plan.parts.count).lazy.filter { !received.contains($0) }.prefix(UploadJSON.firstBatch)
        do {
            let parts = try await self.uploads.sign(parts: Array(missing), of: plan.version)
            return self.uploadJSON.plan(plan, parts: parts)
        } catch ObjectStoreError.unsupported {
            // Such a store takes parts through us only.
            return self.uploadJSON.plan(plan, parts: [])
        }
    }

    /// Nil when the version never had an upload, or its time is long over.
    private func plan(of version: VersionRecord) async throws -> UploadPlan? {
        do {
            return try await self.uploads.plan(for: version)
        } catch UploadError.expired {
            return nil
        }
    }
}
