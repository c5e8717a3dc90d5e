public import BuildStore
public import Content
import Multipart
import ObjectStore
import Postgres

/// Uploads of builds whose chunks are partly here already.
extension Uploads {
    /// Digests in one question, at most.
    public static let chunksAtATime = 16_384

    /// Which of these chunks a studio would have to send, now; nothing is promised.
    ///
    /// - Returns: indexes into `digests`, ascending.
    public func missing(_ digests: [Digest], developer: DeveloperID) async throws -> [Int] {
        let stored = Set(
            try await self.builds.locations(of: digests, developer: developer, in: self.database).map(\.digest))
        return digests.indices.filter { !stored.contains(digests[$0]) }
    }

    /// Which of these chunks have to be sent for a version; the others stay stored until the version has ended.
    ///
    /// May be asked again and again, with more digests or the same.
    ///
    /// - Returns: indexes into `digests`, ascending.
    public func keepChunks(_ digests: [Digest], for version: VersionRecord) async throws -> [Int] {
        _ = try await self.openSession(of: version)
        let stored = try await self.database.transaction { transaction in
            // Without the lock, an upload given up meanwhile would hold packs that nobody lets go.
            guard try await self.builds.holdUploading(version.id, attempt: version.attempt, in: transaction) else {
                throw UploadError.expired
            }
            return try await self.builds.keepStored(
                digests, developer: version.developer, for: version.id, in: transaction)
        }
        return digests.indices.filter { !stored.contains(digests[$0]) }
    }

    /// Plans an open upload for another size: a sender knows it only when it knows which chunks are missing.
    ///
    /// What was received for the old size is dropped. The size it has changes nothing.
    public func resize(_ version: VersionRecord, to size: Int64) async throws -> UploadPlan {
        guard size > 0, size <= self.policy.maximumSize.bytes else {
            throw UploadError.sizeInvalid(limit: self.policy.maximumSize)
        }
        let session = try await self.openSession(of: version)
        guard session.parts.size != size else { return try await self.plan(for: version) }
        let parts = try PartPlan(size: size)
        let dropped = try await self.database.transaction { transaction in
            guard
                try await self.builds.setFileSize(size, of: version.id, attempt: version.attempt, in: transaction)
            else { throw UploadError.expired }
            let rows = try await transaction.rows(
                """
                SELECT store_upload FROM upload_sessions WHERE upload_id = \(session.id) AND state = 'open' FOR UPDATE
                """)
            guard let row = rows.first else { throw UploadError.expired }
            try await transaction.execute(
                """
                UPDATE upload_sessions
                SET file_size = \(size), part_size = \(parts.partSize), file_hash = NULL, store_upload = NULL,
                    expires_at = now() + \(self.policy.sessionLife)
                WHERE upload_id = \(session.id)
                """)
            let dropped: String? = try row("store_upload")
            return dropped
        }
        // Should the store not be told now, its own lifecycle rule forgets the parts later.
        if let dropped { try await self.store.abortMultipart(session.key, MultipartUploadID(dropped)) }
        return try await self.plan(for: version)
    }
}
