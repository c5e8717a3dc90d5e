public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// A version handed in for review: one row of `reviews`, with the decision if there is one.
public struct Review: Equatable, Sendable {
    public let id: ReviewID
    public let version: VersionID
    public let game: GameID
    public let developer: DeveloperID
    /// `in_review`, `approved`, `rejected` or `withdrawn`.
    public let state: ReviewStatus
    /// The company's word to the moderator.
    public let note: String?
    public let submittedBy: String
    public let submittedAt: Date
    public let closedAt: Date?
    public let reason: String?
    public let decidedBy: String?
    public let decidedAt: Date?

    init(_ row: Row) throws {
        let state: String = try row("state")
        guard let state = ReviewStatus(rawValue: state) else {
            throw PostgresError.decoding(column: "state", expected: "ReviewStatus", got: state)
        }
        self.id = try row("review_id")
        self.version = try row("version_id")
        self.game = try row("game_id")
        self.developer = try row("developer_id")
        self.state = state
        self.note = try row("note")
        self.submittedBy = try row("submitted_by")
        self.submittedAt = try row("submitted_at")
        self.closedAt = try row("closed_at")
        self.reason = try row("reason")
        self.decidedBy = try row("decided_by")
        self.decidedAt = try row("decided_at")
    }

    static let columns: SQL = """
        review.review_id, review.version_id, review.game_id, review.developer_id, review.state, review.note,
        review.submitted_by, review.submitted_at, review.closed_at, decision.reason, decision.decided_by,
        decision.decided_at
        """
}

/// One judgement of one version.
public enum Reviews {}
public typealias ReviewID = Identifier<Reviews>
