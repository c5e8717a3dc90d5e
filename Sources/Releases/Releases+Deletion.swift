import BuildStore
public import Content
import Games
import Platform
public import Postgres
import Storefront

extension Releases {
    /// Deletes a version that nobody had, nobody judges and nobody works on; what it had in the store becomes garbage.
    ///
    /// - Parameter collecting: has the garbage collected, in the transaction.
    /// - Returns: false when there is no such version.
    /// - Throws: ``ReleasesError/versionInUse(reason:)``, or `PostgresError`.
    public func delete(
        _ version: VersionID, of game: GameID, developer: DeveloperID,
        collecting: (Transaction) async throws -> Void
    ) async throws -> Bool {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction),
                let version = try await self.lock(version, of: record, in: transaction)
            else { return false }
            if let reason = try self.objection(toDeleting: version) { throw ReleasesError.versionInUse(reason: reason) }
            try await transaction.execute(
                "UPDATE publications SET state = 'cancelled', closed_at = now() WHERE version_id = \(version.id) AND state = 'scheduled'"
            )
            guard try await self.builds.delete(version.id, in: transaction) else { return false }
            try await collecting(transaction)
            if version.status == .ready {
                // Download Service was told that it is there.
                try await self.events.tell(
                    OutgoingEvent(
                        type: "version.deleted", developer: developer, aggregate: "game/\(game)",
                        json: JSONValue.object(
                            JSONObject([
                                ("game_id", .string(game.description)),
                                ("version_id", .string(version.id.description)),
                                ("version_string", .string(version.versionString)),
                            ])
                        ).description),
                    in: transaction)
            }
            try await AuditLog.append(
                AuditEntry(
                    developer: developer, action: "version.deleted", target: "version/\(version.id)",
                    before: ["version_string": .string(version.versionString)]),
                in: transaction)
            return true
        }
    }

    /// Deletes versions that failed long ago and were never opened again.
    ///
    /// - Returns: how many; at most `limit`.
    public func deleteFailed(
        olderThan age: Duration, limit: Int, collecting: (Transaction) async throws -> Void
    ) async throws -> Int {
        var deleted = 0
        for version in try await self.builds.failedVersions(olderThan: age, limit: limit) {
            let isGone = try await self.database.transaction { transaction in
                guard let game = try await Games.lock(version.game, of: version.developer, by: transaction),
                    let current = try await self.lock(version.id, of: game, in: transaction),
                    // Opened again meanwhile, it is another attempt.
                    current.status == .failed, current.attempt == version.attempt
                else { return false }
                guard try await self.builds.delete(version.id, in: transaction) else { return false }
                try await collecting(transaction)
                return true
            }
            if isGone { deleted += 1 }
        }
        return deleted
    }

    private func objection(toDeleting version: VersionRecord) throws -> String? {
        switch version.status {
        case .uploaded, .processing: return "it is being processed"
        case .uploading, .ready, .failed: break
        }
        let review = try version.review
        if review.wasPublished { return "players have had it" }
        return review == .inReview ? "it is being judged" : nil
    }
}
