public import BuildStore
import Content
import Games
public import Platform
public import Postgres
public import Storefront

/// From a ready version to players: reviews, publishing, channels. Owner of `reviews`, `review_decisions`, `channels`,
/// `channel_history` and `publications`.
///
/// Every step holds the game's row first, then the version's, then the channel's: steps of one game take turns, and each
/// happens whole, with its events, or not at all. Each step that is asked for again either changes nothing or is refused
/// with what would be possible.
public struct Releases: Sendable {
    /// Has ``publishDue(_:)`` called when a publication's time comes, in the given transaction.
    public typealias Scheduling = @Sendable (ScheduledPublication, _ delay: Duration, Transaction) async throws -> Void

    /// Has the updates from a version planned that has just gone live, in the given transaction.
    public typealias Updating = @Sendable (_ live: VersionRecord, Transaction) async throws -> Void

    let database: Database
    let builds: BuildStore
    let events: any EventSink
    public let policy: ReleasePolicy
    let scheduling: Scheduling
    let updating: Updating

    public init(
        database: Database, builds: BuildStore, events: any EventSink, policy: ReleasePolicy,
        scheduling: @escaping Scheduling, updating: @escaping Updating
    ) {
        self.database = database
        self.builds = builds
        self.events = events
        self.policy = policy
        self.scheduling = scheduling
        self.updating = updating
    }

    /// A version of the game that is held, its row locked.
    ///
    /// - Returns: nil when the game has no such version.
    func lock(_ version: VersionID, of game: GameRecord, in transaction: Transaction) async throws -> VersionRecord? {
        guard let record = try await self.builds.lock(version, in: transaction), record.game == game.id else {
            return nil
        }
        return record
    }

    /// Moves what moderation says of a version on, by the rules.
    @discardableResult
    func move(
        _ version: VersionRecord, on event: ReviewStatus.Event, in transaction: Transaction
    ) async throws -> ReviewStatus {
        let current = try version.review
        let next = try current.applying(event)
        guard
            try await self.builds.setReviewStatus(
                next.rawValue, of: version.id, from: current.rawValue, in: transaction)
        else { throw PostgresError.unexpected("a locked version changed") }
        return next
    }
}

extension VersionRecord {
    /// What moderation says.
    public var review: ReviewStatus {
        get throws(PostgresError) {
            guard let status = ReviewStatus(rawValue: self.reviewStatus) else {
                throw .decoding(column: "review_status", expected: "ReviewStatus", got: self.reviewStatus)
            }
            return status
        }
    }
}
