public import BuildStore
public import Content
import FoundationEssentials
public import Games
import Platform
public import Postgres
public import Storefront

extension Releases {
    /// Whether a version can be handed in, and everything that is missing.
    ///
    /// - Parameter version: nil for the newest one that is ready, or else the newest one.
    /// - Returns: nil when the company has no such game, or the game no such version.
    public func readiness(
        of version: VersionID?, game: GameID, developer: DeveloperID
    ) async throws -> (VersionRecord?, Readiness)? {
        guard let record = try await Games(database: self.database).game(game, of: developer) else { return nil }
        let found: VersionRecord?
        if let version {
            guard let named = try await self.builds.version(version, of: game, developer: developer) else { return nil }
            found = named
        } else {
            found = try await self.newest(of: record, in: self.database)
        }
        return (found, try await self.readiness(of: found, game: record, in: self.database))
    }

    /// Hands a version in for review.
    ///
    /// - Parameters:
    ///   - note: the company's word to the moderator.
    ///   - limit: bytes that players of a version that is given now may have to fetch for the update; nil for any.
    /// - Returns: the review and what moderation may dislike; nil when there is no such version.
    /// - Throws: ``ReleasesError/notReady(_:)``, ``ReleasesError/alreadyInReview(_:)``,
    ///   ``ReleasesError/updateTooLarge(_:limit:)``, ``ReleasesError/updateUnknown(_:)``, `InvalidTransition`, or
    ///   `PostgresError`. Nothing is changed then.
    public func submit(
        _ version: VersionID, of game: GameID, developer: DeveloperID, note: String?, maximumUpdate limit: Int64?,
        by actor: Actor
    ) async throws -> (Review, Readiness)? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction),
                let version = try await self.lock(version, of: record, in: transaction)
            else { return nil }
            if let open = try await self.openReview(of: version.id, in: transaction) {
                throw ReleasesError.alreadyInReview(open.id)
            }
            _ = try version.review.applying(.submit)
            let readiness = try await self.readiness(of: version, game: record, in: transaction)
            guard readiness.isReady else { throw ReleasesError.notReady(readiness) }
            try await self.requireCheapUpdate(version, limit: limit, in: transaction)
            let moved = try await Games.move(record, on: .submit, in: transaction)
            try await self.move(version, on: .submit, in: transaction)
            let warnings = JSONValue.array(readiness.warnings.map { .string($0.code) })
            let row = try await transaction.row(
                """
                WITH review AS (
                    INSERT INTO reviews (version_id, game_id, developer_id, note, warnings, submitted_by)
                    VALUES (\(version.id), \(game), \(developer), \(note), \(warnings.description)::jsonb,
                            \(actor.text))
                    RETURNING *
                )
                SELECT \(Review.columns) FROM review LEFT JOIN review_decisions AS decision USING (review_id)
                """)
            guard let review = try row.map(Review.init) else { throw PostgresError.unexpected("no review") }
            try await self.tell(
                "review.requested", of: moved,
                [
                    ("review_id", .string(review.id.description)), ("version_id", .string(version.id.description)),
                    ("version_string", .string(version.versionString)), ("changelog", .text(version.changelog)),
                    ("note", .text(note)), ("warnings", warnings),
                    ("content", try await self.content(of: version.id, in: transaction)),
                    ("listing", try await StorePage.json(of: moved, in: transaction)),
                ],
                in: transaction)
            return (review, readiness)
        }
    }

    /// Takes a version back before the decision.
    ///
    /// - Returns: nil when there is no such version.
    /// - Throws: `InvalidTransition` when it is not being judged, or `PostgresError`.
    public func withdraw(
        _ version: VersionID, of game: GameID, developer: DeveloperID, by actor: Actor
    ) async throws -> Review? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction),
                let version = try await self.lock(version, of: record, in: transaction)
            else { return nil }
            _ = try version.review.applying(.withdraw)
            // The status of a game that is on the shop, or was, is not the review's.
            var moved = record
            if record.status == .pendingReview { moved = try await Games.move(record, on: .withdraw, in: transaction) }
            return try await self.close(version, of: moved, by: actor, in: transaction)
        }
    }

    /// Closes the open reviews of a game whose status was set back to draft; in the transaction that did so.
    public func withdrawAll(of game: GameRecord, by actor: Actor, in transaction: Transaction) async throws {
        let open = try await transaction.rows(
            "SELECT version_id FROM reviews WHERE game_id = \(game.id) AND state = 'in_review' ORDER BY version_id")
        for row in open {
            let id: VersionID = try row("version_id")
            guard let version = try await self.lock(id, of: game, in: transaction) else { continue }
            _ = try await self.close(version, of: game, by: actor, in: transaction)
        }
    }

    /// All reviews of a version, newest first; at most 200.
    public func reviews(of version: VersionID) async throws -> [Review] {
        try await self.database.rows(
            """
            SELECT \(Review.columns) FROM reviews AS review LEFT JOIN review_decisions AS decision USING (review_id)
            WHERE review.version_id = \(version)
            ORDER BY review.submitted_at DESC, review.review_id LIMIT 200
            """
        ).map(Review.init)
    }

    func close(
        _ version: VersionRecord, of game: GameRecord, by actor: Actor, in transaction: Transaction
    ) async throws -> Review? {
        try await self.move(version, on: .withdraw, in: transaction)
        guard let open = try await self.openReview(of: version.id, in: transaction) else { return nil }
        try await transaction.execute(
            "UPDATE reviews SET state = 'withdrawn', closed_at = now() WHERE review_id = \(open.id)")
        try await self.tell(
            "review.withdrawn", of: game,
            [
                ("review_id", .string(open.id.description)), ("version_id", .string(version.id.description)),
                ("withdrawn_by", .string(actor.text)),
            ],
            in: transaction)
        return try await self.review(open.id, in: transaction)
    }

    func review(_ id: ReviewID, in executor: some SQLExecutor) async throws -> Review? {
        try await executor.row(
            """
            SELECT \(Review.columns) FROM reviews AS review LEFT JOIN review_decisions AS decision USING (review_id)
            WHERE review.review_id = \(id)
            """
        ).map(Review.init)
    }

    private func openReview(of version: VersionID, in transaction: Transaction) async throws -> Review? {
        try await transaction.row(
            """
            SELECT \(Review.columns) FROM reviews AS review LEFT JOIN review_decisions AS decision USING (review_id)
            WHERE review.version_id = \(version) AND review.state = 'in_review'
            """
        ).map(Review.init)
    }

    private func newest(of game: GameRecord, in executor: some SQLExecutor) async throws -> VersionRecord? {
        let row = try await executor.row(
            """
            SELECT version_id FROM game_versions WHERE game_id = \(game.id)
            ORDER BY status = 'ready' DESC, created_at DESC, version_id LIMIT 1
            """)
        guard let id: VersionID = try row?("version_id") else { return nil }
        return try await self.builds.version(id, in: executor)
    }

    private func readiness(
        of version: VersionRecord?, game: GameRecord, in executor: some SQLExecutor
    ) async throws -> Readiness {
        let listing = try await Listings.listing(of: game.id, by: executor)
        var facts = ReadinessFacts(version: nil, longestChangelog: self.policy.longestChangelog)
        if let version {
            facts.version = .init(
                state: VersionState(rawValue: version.status.rawValue) ?? .failed,
                isScanClean: try await self.builds.isScanClean(version.id, in: executor),
                changelogLength: version.changelog?.unicodeScalars.count ?? 0)
        }
        facts.isCompanyVerified = try await self.verification(of: game, in: executor) == .verified
        facts.hasDescription = listing.description?.isEmpty == false
        facts.hasShortDescription = listing.shortDescription?.isEmpty == false
        facts.hasAgeRating = listing.ageRating != nil
        if case .array(let screenshots)? = listing.mediaURLs["screenshots"] { facts.screenshots = screenshots.count }
        facts.hasPrice = try await Prices.hasPrice(game.id, in: executor)
        return Readiness(facts, profile: self.policy.readiness)
    }

    func verification(of game: GameRecord, in executor: some SQLExecutor) async throws -> CompanyVerification {
        let row = try await executor.row(
            "SELECT verification_status FROM developers WHERE developer_id = \(game.developer)")
        let status: String = try row?("verification_status") ?? ""
        return CompanyVerification(rawValue: status) ?? .pending
    }
}
