import Logging
public import Postgres
import Synchronization

/// Counts requests against quotas that all replicas share: owner of `rate_windows`.
///
/// Fixed windows that begin with their first request. Each process counts most requests by itself and tells the others now
/// and then; see ``RateCounter`` for when. So a request costs a lookup in memory, and near the end of a quota one statement.
/// While the database is away everybody is let through: whatever needs it refuses by itself.
public final class RateLimiter: Sendable {
    private struct Key: Hashable {
        let subject: String
        let rateClass: RateClass
    }

    public let policies: RatePolicies
    private let database: Database
    private let clock = ContinuousClock()
    private let counters = Mutex<[Key: RateCounter]>([:])

    /// Subjects in memory, at most; then those whose windows are over are forgotten.
    private static let capacity = 50_000

    public init(database: Database, policies: RatePolicies) {
        self.database = database
        self.policies = policies
    }

    /// Counts a request.
    ///
    /// - Parameter subject: who it counts for, at most 200 characters.
    /// - Returns: nil when nothing limits the class.
    public func count(_ subject: String, in rateClass: RateClass) async -> RateStanding? {
        let key = Key(subject: subject, rateClass: rateClass)
        let policies = self.policies[rateClass]
        guard !policies.isEmpty else { return nil }
        let decision = self.update(key) { counter, now in counter.count(now) }
        switch decision {
        case .counted: return self.standing(key, isRefused: false)
        case .refused: return self.standing(key, isRefused: true)
        case .ask(let count):
            do throws(PostgresError) {
                let used = try await self.add(count, of: key, policies)
                let isFull = self.update(key) { counter, now in
                    counter.hear(used.map { $0.window(now) }, at: now)
                    return used.contains { $0.count > $0.policy.quota }
                }
                return self.standing(key, isRefused: isFull)
            } catch {
                Logger.current.warning("requests not counted", metadata: ["error": "\(error)"])
                return nil
            }
        }
    }

    /// Where a subject stands that is known to have no room left; nil for everybody else, and costs nothing.
    public func exhausted(_ subject: String, in rateClass: RateClass) -> RateStanding? {
        let key = Key(subject: subject, rateClass: rateClass)
        let isExhausted = self.counters.withLock { $0[key]?.isExhausted(self.clock.now) ?? false }
        return isExhausted ? self.standing(key, isRefused: true) : nil
    }

    /// Deletes windows that are over; some at a time.
    public func reap() async throws(PostgresError) {
        try await self.database.execute(
            """
            DELETE FROM rate_windows WHERE (subject, policy) IN (
                SELECT subject, policy FROM rate_windows WHERE ends_at < now() - interval '1 minute'
                ORDER BY ends_at LIMIT 10000
                FOR UPDATE SKIP LOCKED)
            """)
    }

    private struct Used {
        let policy: RatePolicy
        let count: Int
        let left: Duration

        func window(_ now: ContinuousClock.Instant) -> RateCounter.Window {
            RateCounter.Window(policy: self.policy, shared: min(self.count, self.policy.quota), endsAt: now + self.left)
        }
    }

    /// One statement for all policies; in their order, so that no two processes wait for each other.
    private func add(_ count: Int, of key: Key, _ policies: [RatePolicy]) async throws(PostgresError) -> [Used] {
        let sorted = policies.sorted { $0.name < $1.name }
        let rows = try await self.database.rows(
            """
            INSERT INTO rate_windows AS kept (subject, policy, used, ends_at)
            SELECT \("\(key.subject)/\(key.rateClass.rawValue)"), name, \(count), now() + seconds * interval '1 second'
            FROM unnest(\(sorted.map(\.name))::text[], \(sorted.map(\.window.components.seconds))::bigint[])
                WITH ORDINALITY AS policy (name, seconds, place)
            ORDER BY place
            ON CONFLICT (subject, policy) DO UPDATE
            SET used = CASE WHEN kept.ends_at <= now() THEN excluded.used ELSE kept.used + excluded.used END,
                ends_at = CASE WHEN kept.ends_at <= now() THEN excluded.ends_at ELSE kept.ends_at END
            RETURNING policy, used, ends_at - now() AS rest
            """)
        return try rows.map { row throws(PostgresError) in
            let name: String = try row("policy")
            guard let policy = policies.first(where: { $0.name == name }) else { throw .unexpected("policy \(name)") }
            return Used(policy: policy, count: try row("used"), left: try row("rest"))
        }
    }

    private func update<Value: Sendable>(
        _ key: Key, _ body: (inout RateCounter, ContinuousClock.Instant) -> Value
    ) -> Value {
        let now = self.clock.now
        return self.counters.withLock { counters in
            if counters.count >= Self.capacity, counters[key] == nil {
                counters = counters.filter { !$0.value.isOver(now) }
                // Everybody at once in the same window: forgetting what was not told yet is the lesser evil.
                if counters.count >= Self.capacity { counters.removeAll() }
            }
            return body(&counters[key, default: RateCounter()], now)
        }
    }

    private func standing(_ key: Key, isRefused: Bool) -> RateStanding {
        let now = self.clock.now
        return self.counters.withLock { ($0[key] ?? RateCounter()).standing(now, isRefused: isRefused) }
    }
}
