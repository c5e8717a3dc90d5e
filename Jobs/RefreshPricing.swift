import Content
import FoundationEssentials
public import Games
public import JobLifecycle
public import JobQueue
public import Platform
import Postgres
import Storefront

/// When a promotion of a game begins or ends: shows the right discount, and tells Catalog Service.
///
/// Comes at each such moment, as it was when somebody last changed the prices; if the moment was moved, it finds nothing to
/// do. Safe to repeat.
public struct RefreshPricing: Job {
    public static let kind: JobKind = "refresh-pricing"
    public static let policy = JobPolicy(queue: "releases", retry: RetryPolicy(maxAttempts: 20), timeout: .seconds(60))

    let game: GameID

    /// What happens in the transaction of each change of prices: whoever sells the game hears of it, and this job comes
    /// again when the next promotion begins or ends.
    public static func recording(events: any EventSink, queue: JobQueue) -> Prices.Recording {
        { game, pricing, transaction in
            if game.status == .published {
                try await Self.tell(
                    "pricing.changed", of: game, ["pricing": try StorePage.pricing(pricing)], events, transaction)
            }
            try await AuditLog.append(
                AuditEntry(
                    developer: game.developer, action: "pricing.changed", target: "game/\(game.id)",
                    after: try StorePage.pricing(pricing)),
                in: transaction)
            guard let rest = try await Prices.nextTurn(of: game.id, in: transaction) else { return }
            // A little late is right on time: a little early would find nothing to do.
            try await queue.enqueue(
                RefreshPricing(game: game.id), scope: JobScope(id: game.id.uuid, developer: game.developer),
                delay: rest + .milliseconds(20), in: transaction)
        }
    }

    static func tell(
        _ type: String, of game: GameRecord, _ data: JSONValue, _ events: any EventSink, _ transaction: Transaction
    ) async throws {
        guard case .object(var object) = data else { return }
        object["game_id"] = .string(game.id.description)
        try await events.tell(
            OutgoingEvent(
                type: type, developer: game.developer, aggregate: "game/\(game.id)",
                json: JSONValue.object(object).description),
            in: transaction)
    }
}

struct RefreshPricingHandler: JobHandler {
    let prices: Prices
    let events: any EventSink

    func perform(_ work: RefreshPricing, attempt: Attempt) async throws -> Outcome {
        try await self.prices.refresh(work.game) { game, turn, transaction in
            let type = turn.state == .active ? "promotion.started" : "promotion.ended"
            try await RefreshPricing.tell(
                type, of: game,
                [
                    "promotion_id": .string(turn.promotion.id.description), "name": .string(turn.promotion.name),
                    "starts_at": .string(turn.promotion.startsAt.formatted(.iso8601)),
                    "ends_at": .string(turn.promotion.endsAt.formatted(.iso8601)),
                ],
                self.events, transaction)
        }
        return .completed
    }
}
