public import BuildStore
import Content
import FoundationEssentials
import JobLifecycle
import Multipart
import ObjectStore
import Platform
public import Postgres
import Storefront

extension Uploads {
    /// Commits an upload: checks the store's list of parts, makes one object of them, and hands the version on.
    ///
    /// The same answer however often it is asked, by whomever, whenever: an answer that was lost costs nothing.
    ///
    /// - Parameters:
    ///   - fileHash: SHA-256 the sender declares now, if not before.
    ///   - provenance: what a CI system vouches for of the job that commits, a JSON object; nil for anybody else.
    ///   - enqueue: enqueues the first job in the given transaction and returns its number.
    public func commit(
        _ version: VersionRecord, fileHash: String?, provenance: String?,
        enqueue: @Sendable (VersionRecord, Transaction) async throws -> Int64
    ) async throws -> VersionRecord {
        switch version.status {
        case .uploaded, .processing, .ready: return version
        case .failed: throw UploadError.versionClosed(status: .failed)
        case .uploading: break
        }
        let session = try await self.session(of: version)
        if let declared = session.fileHash, let fileHash, declared != fileHash.lowercased() {
            throw UploadError.hashChanged(declared: declared, now: fileHash.lowercased())
        }
        if session.state == "open" { try await self.complete(session) }
        return try await self.database.transaction { transaction in
            // The row lock makes two commits take turns; the second finds the version uploaded.
            try await transaction.execute("SELECT FROM game_versions WHERE version_id = \(version.id) FOR UPDATE")
            guard let current = try await self.builds.version(version.id, in: transaction) else {
                throw UploadError.notFound
            }
            guard current.status == .uploading, current.attempt == version.attempt else { return current }
            let job = try await enqueue(current, transaction)
            _ = try await self.builds.markUploaded(
                version.id, fileHash: session.fileHash ?? fileHash?.lowercased(), provenance: provenance, job: job,
                in: transaction)
            try await transaction.execute(
                "UPDATE upload_sessions SET state = 'completed' WHERE upload_id = \(session.id)")
            try await AuditLog.append(
                AuditEntry(
                    developer: version.developer, action: "version.uploaded", target: "version/\(version.id)",
                    after: [
                        "version_string": .string(version.versionString), "game_id": .string(version.game.description),
                        "file_size": .integer(session.parts.size),
                        "provenance": provenance.flatMap { try? JSONParser.parse(Array($0.utf8)) } ?? .null,
                    ]), in: transaction)
            return try await self.builds.version(version.id, in: transaction) ?? current
        }
    }

    private func complete(_ session: UploadSession) async throws {
        guard let storeUpload = session.storeUpload else {
            throw UploadError.incomplete(missing: Array(1...session.parts.count))
        }
        let stored: [PartInfo]
        do {
            stored = try await self.store.listParts(session.key, storeUpload)
        } catch .noSuchUpload {
            // Completed by a commit whose answer was lost, or gone for good.
            guard let info = try await self.store.head(session.key), info.size == session.parts.size else {
                throw UploadError.expired
            }
            return
        }
        let state = UploadState(plan: session.parts, stored: stored)
        guard state.isComplete else { throw UploadError.incomplete(missing: state.missing) }
        let info = try await self.store.completeMultipart(
            session.key, storeUpload, parts: state.stored, condition: .always)
        guard info.size == session.parts.size else {
            throw UploadError.partSizeMismatch(
                expected: ByteCount(session.parts.size), got: ByteCount(info.size))
        }
    }

    /// Enqueues the removal of what a version that failed has left, packs it held included.
    public typealias Discard = @Sendable (VersionRecord, Transaction) async throws -> Void

    /// Gives an upload up, at the sender's wish; the version fails with the code `upload-aborted`.
    public func abort(_ version: VersionRecord, discard: Discard) async throws {
        guard version.status == .uploading else { throw UploadError.versionClosed(status: version.status) }
        let failure = Failure(
            code: "upload-aborted", message: "the sender gave the upload up", retryable: false, stage: "receive",
            hint: "begin again under the same version string")
        try await self.end(version, state: "aborted", failure: failure, discard: discard)
    }

    /// Gives up uploads whose time is over, and tells the store to forget their parts.
    ///
    /// - Returns: how many; at most 100.
    @discardableResult
    public func reap(discard: Discard) async throws -> Int {
        let rows = try await self.database.rows(
            """
            SELECT version_id FROM upload_sessions
            WHERE state = 'open' AND expires_at <= now()
            ORDER BY expires_at, upload_id LIMIT 100
            """)
        for row in rows {
            let id: UUID = try row("version_id")
            guard let version = try await self.builds.version(VersionID(id), in: self.database) else { continue }
            let failure = Failure(
                code: "upload-expired", message: "the upload was not committed in time", retryable: false,
                stage: "receive", hint: "begin again under the same version string")
            try await self.end(version, state: "expired", failure: failure, discard: discard)
        }
        return rows.count
    }

    private func end(_ version: VersionRecord, state: String, failure: Failure, discard: Discard) async throws {
        let session = try await self.session(of: version)
        try await self.database.transaction { transaction in
            if try await self.builds.fail(version.id, because: failure, in: transaction) {
                try await discard(version, transaction)
            }
            try await transaction.execute(
                "UPDATE upload_sessions SET state = \(state) WHERE upload_id = \(session.id) AND state = 'open'")
        }
        // The row is the truth; should the store not be told now, its own lifecycle rule forgets the parts later.
        if let storeUpload = session.storeUpload { try await self.store.abortMultipart(session.key, storeUpload) }
    }
}
