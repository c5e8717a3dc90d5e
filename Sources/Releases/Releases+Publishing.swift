import BuildStore
public import Content
import FoundationEssentials
public import Games
import Platform
import Postgres
public import Storefront

extension Releases {
    /// Points a channel at a version that moderation has passed, now or at a time.
    ///
    /// The same again changes nothing and tells nobody. Published for the public, the game is on the shop.
    ///
    /// - Returns: nil when the company has no such game, or the game no such version.
    /// - Throws: ``ReleasesError``, `InvalidTransition`, or `PostgresError`. Nothing is changed then.
    public func publish(
        _ request: PublicationRequest, of game: GameID, developer: DeveloperID, by actor: Actor
    ) async throws -> PublicationOutcome? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction) else { return nil }
            return try await self.publish(request, of: record, by: actor, in: transaction)
        }
    }

    /// Carries out a publication whose time has come; for the job that comes at that time.
    ///
    /// - Returns: how long to wait still; nil when there is nothing left to do.
    public func publishDue(_ id: PublicationID) async throws -> Duration? {
        try await self.database.transaction { transaction in
            guard let found = try await self.publication(id, in: transaction), found.state == .scheduled,
                let game = try await Games.lock(found.game, of: found.developer, by: transaction),
                let due = try await self.publication(id, in: transaction), due.state == .scheduled
            else { return nil }
            guard due.isDue else { return .seconds(1) }
            let request = PublicationRequest(version: due.version, channel: due.channel, percent: due.percent)
            let (state, reason): (ScheduledPublication.State, String?)
            do {
                _ = try await self.publish(request, of: game, by: .clock, in: transaction, closing: due.id)
                (state, reason) = (.done, nil)
            } catch let error as InvalidTransition {
                (state, reason) = (.failed, "the \(error.subject) is \(error.current)")
            } catch let error as ReleasesError {
                (state, reason) = (.failed, error.code)
            }
            try await self.close(due.id, as: state, reason: reason, in: transaction)
            if state == .failed {
                try await self.tell(
                    "publication.failed", of: game,
                    [
                        ("publication_id", .string(id.description)), ("version_id", .string(due.version.description)),
                        ("channel", .string(due.channel.text)), ("reason", .text(reason)),
                    ],
                    in: transaction)
            }
            return nil
        }
    }

    /// Calls off the publication that waits for its time.
    ///
    /// - Returns: nil when none waits, or the game is another company's.
    public func cancelPublication(
        of game: GameID, developer: DeveloperID, channel: ChannelName
    ) async throws -> ScheduledPublication? {
        try await self.database.transaction { transaction in
            guard try await Games.lock(game, of: developer, by: transaction) != nil,
                let open = try await self.openPublication(of: game, channel: channel, in: transaction)
            else { return nil }
            try await self.close(open.id, as: .cancelled, reason: nil, in: transaction)
            return try await self.publication(open.id, in: transaction)
        }
    }

    /// Publications of a game that wait for their time.
    public func scheduled(of game: GameID) async throws -> [ScheduledPublication] {
        try await self.database.rows(
            """
            SELECT \(ScheduledPublication.columns) FROM publications
            WHERE game_id = \(game) AND state = 'scheduled' ORDER BY publish_at LIMIT 100
            """
        ).map(ScheduledPublication.init)
    }

    /// Takes the game off the shop; who owns it keeps it, and every channel serves on.
    ///
    /// - Returns: nil when the company has no such game.
    /// - Throws: `InvalidTransition` when it is not on the shop, or `PostgresError`.
    public func unpublish(_ game: GameID, of developer: DeveloperID, by actor: Actor) async throws -> GameRecord? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction) else { return nil }
            return try await self.unpublish(record, reason: nil, by: actor, in: transaction)
        }
    }

    func unpublish(
        _ game: GameRecord, reason: String?, by actor: Actor, in transaction: Transaction
    ) async throws -> GameRecord {
        let moved = try await Games.move(game, on: .unpublish, in: transaction)
        if let open = try await self.openPublication(of: game.id, channel: .public, in: transaction) {
            try await self.close(open.id, as: .cancelled, reason: "unpublished", in: transaction)
        }
        try await self.tell(
            "game.unpublished", of: moved,
            [
                ("status", .string(moved.status.rawValue)), ("reason", .text(reason)),
                ("unpublished_by", .string(actor.text)),
            ],
            in: transaction)
        return moved
    }

    private func publish(
        _ request: PublicationRequest, of game: GameRecord, by actor: Actor, in transaction: Transaction,
        closing due: PublicationID? = nil
    ) async throws -> PublicationOutcome? {
        if request.channel == .public {
            try await self.requirePublisher(of: game, by: actor, in: transaction)
        }
        let channel = try await self.channel(request.channel, of: game.id, in: transaction)
        let choice = try await self.choose(request.version, of: game, instead: channel, in: transaction)
        guard let version = choice else {
            if request.version != nil { return nil }
            if request.channel == .public { _ = try game.status.applying(.publish) }
            throw ReleasesError.nothingApproved
        }
        // Of two reasons to refuse, the version's is nearer to what was asked for.
        let review = try version.review
        guard review.isPublishable else { _ = try review.applying(.publish); return nil }
        if request.channel == .public { _ = try game.status.applying(.publish) }
        try await self.requireClean(version.id, in: transaction)
        if let at = request.at, try await self.isAhead(at, in: transaction) {
            return .scheduled(
                game, try await self.schedule(request, version, at: at, of: game, by: actor, in: transaction))
        }
        if let open = try await self.openPublication(of: game.id, channel: request.channel, in: transaction),
            open.id != due
        {
            try await self.close(open.id, as: .cancelled, reason: "published at once", in: transaction)
        }
        let isShown = request.channel != .public || game.status == .published
        if let channel, channel.version == version.id, isShown,
            request.percent == nil || request.percent == channel.rollout.percent
        {
            return .unchanged(game, channel)
        }
        let pointed = try await self.point(
            request.channel, at: version, percent: request.percent ?? 100, instead: channel, action: .publish,
            of: game, by: actor, reason: nil, in: transaction)
        guard request.channel == .public else { return .published(game, pointed) }
        let moved = try await Games.move(game, on: .publish, in: transaction)
        try await self.tellCatalog(
            game.status == .published ? "game.updated" : "game.published", of: moved, version: version, in: transaction)
        return .published(moved, pointed)
    }

    /// The second look at the door: between the judgement and the shop new signatures may have come.
    func requireClean(_ version: VersionID, in executor: some SQLExecutor) async throws {
        guard try await self.builds.isScanClean(version, in: executor) else { throw ReleasesError.notClean(version) }
    }

    private func requirePublisher(of game: GameRecord, by actor: Actor, in transaction: Transaction) async throws {
        if actor.isKey, !self.policy.keysMayPublishPublicly { throw ReleasesError.personNeeded(.public) }
        guard self.policy.requiresVerifiedCompany else { return }
        let verification = try await self.verification(of: game, in: transaction)
        guard verification == .verified else { throw ReleasesError.companyNotVerified(verification) }
    }

    /// The version that is named, or the one moderation passed last, or the one that the channel has.
    private func choose(
        _ version: VersionID?, of game: GameRecord, instead channel: Channel?, in transaction: Transaction
    ) async throws -> VersionRecord? {
        if let version { return try await self.lock(version, of: game, in: transaction) }
        let row = try await transaction.row(
            """
            SELECT review.version_id FROM reviews AS review
            JOIN review_decisions AS decision USING (review_id)
            JOIN game_versions AS version ON version.version_id = review.version_id
            WHERE review.game_id = \(game.id) AND review.state = 'approved' AND version.review_status = 'approved'
            ORDER BY decision.decided_at DESC, review.review_id LIMIT 1
            """)
        if let newest: VersionID = try row?("version_id") {
            return try await self.lock(newest, of: game, in: transaction)
        }
        guard let current = channel?.version else { return nil }
        return try await self.lock(current, of: game, in: transaction)
    }

    private func isAhead(_ moment: Date, in transaction: Transaction) async throws(PostgresError) -> Bool {
        try await transaction.row("SELECT \(moment)::timestamptz > statement_timestamp() AS ahead")?("ahead") ?? false
    }

    /// In place of the one that waits already.
    private func schedule(
        _ request: PublicationRequest, _ version: VersionRecord, at moment: Date, of game: GameRecord, by actor: Actor,
        in transaction: Transaction
    ) async throws -> ScheduledPublication {
        if let open = try await self.openPublication(of: game.id, channel: request.channel, in: transaction) {
            if open.version == version.id, open.publishAt == moment, open.percent == request.percent ?? 100 {
                return open
            }
            try await self.close(open.id, as: .cancelled, reason: "scheduled anew", in: transaction)
        }
        let row = try await transaction.row(
            """
            INSERT INTO publications
                (game_id, developer_id, channel, version_id, rollout_percent, publish_at, requested_by)
            VALUES (\(game.id), \(game.developer), \(request.channel.text), \(version.id),
                    \(Int16(request.percent ?? 100)), \(moment), \(actor.text))
            RETURNING \(ScheduledPublication.columns),
                      greatest(0, (extract(epoch FROM publish_at - statement_timestamp()) * 1000)::bigint) AS delay
            """)
        guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
        let scheduled = try ScheduledPublication(row)
        let delay: Int64 = try row("delay")
        try await self.scheduling(scheduled, .milliseconds(delay), transaction)
        return scheduled
    }

    private func publication(_ id: PublicationID, in transaction: Transaction) async throws -> ScheduledPublication? {
        try await transaction.row(
            "SELECT \(ScheduledPublication.columns) FROM publications WHERE publication_id = \(id)"
        ).map(ScheduledPublication.init)
    }

    private func openPublication(
        of game: GameID, channel: ChannelName, in transaction: Transaction
    ) async throws -> ScheduledPublication? {
        try await transaction.row(
            """
            SELECT \(ScheduledPublication.columns) FROM publications
            WHERE game_id = \(game) AND channel = \(channel.text) AND state = 'scheduled'
            """
        ).map(ScheduledPublication.init)
    }

    private func close(
        _ id: PublicationID, as state: ScheduledPublication.State, reason: String?, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE publications SET state = \(state.rawValue), reason = \(reason), closed_at = now()
            WHERE publication_id = \(id) AND state = 'scheduled'
            """)
    }
}

extension ReleasesError {
    /// Stable; what programs look at.
    public var code: String {
        switch self {
        case .notReady: "not-ready-to-submit"
        case .alreadyInReview: "already-in-review"
        case .decisionConflict: "decision-conflict"
        case .nothingApproved: "nothing-approved"
        case .companyNotVerified: "company-not-verified"
        case .personNeeded: "forbidden"
        case .nothingToRollBackTo: "nothing-to-roll-back-to"
        case .channelInUse: "channel-in-use"
        case .versionInUse: "version-in-use"
        case .updateTooLarge: "update-too-large"
        case .updateUnknown: "update-unknown"
        case .notClean: "scan-not-clean"
        }
    }
}
