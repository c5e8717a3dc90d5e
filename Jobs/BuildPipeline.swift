public import BuildStore
public import Content
import FoundationEssentials
import JobLifecycle
public import JobQueue
import Platform
public import Postgres

/// A job that is done to one version's build.
public protocol BuildJob: Job {
    var version: VersionID { get }
}

/// A handler of the pipeline: when its job fails for good, so does the version.
protocol BuildJobHandler: JobHandler where Work: BuildJob {
    var pipeline: BuildPipeline { get }
}

extension BuildJobHandler {
    func abandon(_ work: Work, failure: Failure, in transaction: Transaction) async throws {
        var failure = failure
        failure.stage = failure.stage ?? Work.policy.queue.rawValue
        try await self.pipeline.fail(work.version, because: failure, in: transaction)
    }

    func abandon(unreadableOf scope: UUID?, failure: Failure, in transaction: Transaction) async throws {
        guard let scope else { return }
        var failure = failure
        failure.stage = failure.stage ?? Work.policy.queue.rawValue
        try await self.pipeline.fail(VersionID(scope), because: failure, in: transaction)
    }
}

/// What all stages of a build share: the way in, the way out, and the way to fail.
public struct BuildPipeline: Sendable {
    let builds: BuildStore
    let queue: JobQueue
    let events: Events

    public init(builds: BuildStore, queue: JobQueue, events: Events) {
        self.builds = builds
        self.queue = queue
        self.events = events
    }

    /// Enqueues the first stage of a committed upload, and tells of it.
    public func start(_ version: VersionRecord, in transaction: Transaction) async throws -> JobID {
        let job = try await self.ingest(version, in: transaction)
        try await self.events.tell("version.uploaded", of: version, VersionUploaded(version), in: transaction)
        return job
    }

    private func ingest(_ version: VersionRecord, in transaction: Transaction) async throws -> JobID {
        try await self.queue.enqueue(
            IngestBuild(version: version.id), scope: self.scope(of: version), in: transaction)
    }

    /// Takes a failed version back to work on the bytes it has.
    ///
    /// - Returns: false when it has not failed, or not in a way that another run may mend.
    public func retry(_ version: VersionRecord) async throws -> Bool {
        guard version.status == .failed, version.failure?.retryable == true else { return false }
        return try await self.builds.database.transaction { transaction in
            let job = try await self.ingest(version, in: transaction)
            guard try await self.builds.reprocess(version.id, job: job.rawValue, in: transaction) else {
                throw VersionClosed(version: version.id, status: version.status.rawValue)
            }
            return true
        }
    }

    /// Stops work on a version at a person's wish; false when there is none.
    public func cancel(_ version: VersionID) async throws -> Bool {
        try await self.builds.database.transaction { transaction in
            try await self.fail(
                version,
                because: Failure(
                    code: "cancelled", message: "processing was cancelled", retryable: true,
                    hint: "retry the version, or upload it again"),
                in: transaction)
        }
    }

    /// Fails versions that are being processed without a job that would ever end it: the net under every promise above.
    public func failOrphans() async throws {
        for version in try await self.builds.orphans(limit: 100) {
            try await self.builds.database.transaction { transaction in
                try await self.fail(
                    version,
                    because: Failure(
                        code: "stage-lost", message: "no job was left to finish this version", retryable: true,
                        hint: "retry the version, and tell us: this should not happen"),
                    in: transaction)
            }
        }
    }

    /// Fails a version: cancels what else is done to it, has its remains removed, and tells everyone concerned.
    ///
    /// - Returns: false when it was `ready` or `failed` already; then nothing is changed.
    @discardableResult
    func fail(_ version: VersionID, because failure: Failure, in transaction: Transaction) async throws -> Bool {
        let failure = failure.storable
        guard try await self.builds.fail(version, because: failure, in: transaction),
            let record = try await self.builds.version(version, in: transaction)
        else { return false }
        try await self.queue.cancel(scope: version.uuid, except: nil, because: failure, in: transaction)
        try await self.discard(record, in: transaction)
        try await self.events.tell(
            "version.failed", of: record, VersionFailed(record, failure: failure), in: transaction)
        return true
    }

    /// Enqueues the removal of what a failed version left.
    public func discard(_ version: VersionRecord, in transaction: Transaction) async throws {
        // The delay lets attempts that lost their lease notice it before their files are removed.
        try await self.queue.enqueue(
            DiscardBuild(version: version.id, attempt: version.attempt), scope: self.scope(of: version),
            delay: .seconds(2), in: transaction)
    }

    /// The version a job is about, if it is still being worked on.
    ///
    /// - Throws: ``VersionClosed`` when it was failed or finished meanwhile; the job then has nothing to do.
    func current(_ version: VersionID) async throws -> VersionRecord {
        guard let record = try await self.builds.version(version, in: self.builds.database) else {
            throw VersionClosed(version: version, status: "deleted")
        }
        guard record.status == .uploaded || record.status == .processing else {
            throw VersionClosed(version: version, status: record.status.rawValue)
        }
        return record
    }

    /// The studio is the key: its builds take turns with those of others in every queue.
    func scope(of version: VersionRecord) -> JobScope {
        JobScope(id: version.id.uuid, developer: version.developer, key: version.developer.description)
    }
}

/// A version is no longer where a job expects it.
struct VersionClosed: FailureConvertible {
    let version: VersionID
    let status: String

    var failure: Failure {
        Failure(
            code: "version-closed", message: "version \(self.version) is \(self.status); there is nothing left to do",
            retryable: false)
    }
}

/// The data of `version.uploaded`.
private struct VersionUploaded: Encodable {
    let gameId: GameID
    let versionId: VersionID
    let versionString: String
    let attempt: Int

    init(_ version: VersionRecord) {
        self.gameId = version.game
        self.versionId = version.id
        self.versionString = version.versionString
        self.attempt = version.attempt
    }
}

/// The data of `version.failed`.
private struct VersionFailed: Encodable {
    let gameId: GameID
    let versionId: VersionID
    let versionString: String
    let code: String
    let message: String

    init(_ version: VersionRecord, failure: Failure) {
        self.gameId = version.game
        self.versionId = version.id
        self.versionString = version.versionString
        self.code = failure.code
        self.message = failure.message
    }
}
