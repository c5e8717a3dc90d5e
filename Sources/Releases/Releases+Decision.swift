import BuildStore
public import Content
import FoundationEssentials
import Games
import Platform
import Postgres
public import Storefront

extension Releases {
    /// Takes moderation's decision.
    ///
    /// The same decision again changes nothing and tells nobody; another one is refused.
    ///
    /// - Parameter reason: what the company reads; a rejection has one.
    /// - Returns: nil when there is no such review.
    /// - Throws: ``ReleasesError/decisionConflict(_:)``, ``ReleasesError/notClean(_:)``, `InvalidTransition` when it was
    ///   withdrawn, or `PostgresError`.
    public func decide(
        _ id: ReviewID, _ decision: ReviewDecision, reason: String?, by actor: Actor
    ) async throws -> Review? {
        try await self.database.transaction { transaction in
            // What it is about never changes, so it may be read before the rows are held in their order.
            guard let found = try await self.review(id, in: transaction),
                let game = try await Games.lock(found.game, of: found.developer, by: transaction),
                let version = try await self.lock(found.version, of: game, in: transaction),
                let review = try await self.review(id, in: transaction)
            else { return nil }
            switch review.state {
            case .approved, .rejected:
                guard review.state.rawValue == decision.rawValue else {
                    throw ReleasesError.decisionConflict(review.state == .approved ? .approved : .rejected)
                }
                return review
            default: break
            }
            let next = try review.state.applying(decision.version)
            // Malware may have been found while the moderator looked.
            if decision == .approved { try await self.requireClean(version.id, in: transaction) }
            try await self.move(version, on: decision.version, in: transaction)
            // Only until the first publication does the game itself wait for the decision.
            if game.status == .pendingReview { try await Games.move(game, on: decision.game, in: transaction) }
            try await transaction.execute(
                "UPDATE reviews SET state = \(next.rawValue), closed_at = now() WHERE review_id = \(id)")
            try await transaction.execute(
                """
                INSERT INTO review_decisions (review_id, decision, reason, decided_by)
                VALUES (\(id), \(decision.rawValue), \(reason), \(actor.text))
                """)
            try await self.tell(
                "review.decided", of: game,
                [
                    ("review_id", .string(id.description)), ("version_id", .string(version.id.description)),
                    ("version_string", .string(version.versionString)), ("decision", .string(decision.rawValue)),
                    ("reason", .text(reason)), ("submitted_by", .string(review.submittedBy)),
                ],
                in: transaction)
            return try await self.review(id, in: transaction)
        }
    }
}
