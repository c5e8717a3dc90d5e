public import Content
import Logging
import Storefront
import Synchronization

/// Account Service as a ``UserDirectory``: asked for many people at once, and remembered for a while.
public final class AccountServiceDirectory: UserDirectory {
    private struct Kept {
        let profile: UserProfile?
        let until: ContinuousClock.Instant
    }

    private let client: ServiceClient
    private let lifetime: Duration
    private let clock = ContinuousClock()
    private let kept = Mutex<[UserID: Kept]>([:])

    /// People in one question.
    private static let batch = 100
    private static let capacity = 20_000

    /// - Parameter lifetime: how long an answer is remembered, that somebody is unknown too.
    public init(client: ServiceClient, lifetime: Duration) {
        self.client = client
        self.lifetime = lifetime
    }

    public func profiles(of users: [UserID]) async -> [UserID: UserProfile] {
        let now = self.clock.now
        var known: [UserID: UserProfile] = [:]
        var asked: [UserID] = []
        self.kept.withLock { kept in
            for user in Set(users) {
                if let entry = kept[user], entry.until > now { known[user] = entry.profile } else { asked.append(user) }
            }
        }
        asked.sort()
        while !asked.isEmpty {
            let batch = Array(asked.prefix(Self.batch))
            asked.removeFirst(batch.count)
            do {
                let found = try await self.ask(batch)
                self.keep(batch, found)
                known.merge(found) { _, new in new }
            } catch {
                Logger.current.info("names of people are not known", metadata: ["error": "\(error)"])
                // The rest would wait for the same.
                break
            }
        }
        return known
    }

    private func ask(_ users: [UserID]) async throws -> [UserID: UserProfile] {
        let ids = JSONValue.array(users.map { .string($0.description) })
        // A question, though the list is too long for a path: asking it twice changes nothing.
        let answer = try await self.client.answer(
            to: .post("/internal/v1/users/lookup", ["user_ids": ids], idempotencyKey: "lookup-\(users.hashValue)"))
        guard case .array(let items)? = answer.object?["users"] else {
            throw ServiceError.unreadable(service: self.client.name, reason: "no users")
        }
        var profiles: [UserID: UserProfile] = [:]
        for item in items {
            guard case .string(let text)? = item.object?["user_id"], let user = UserID(text) else { continue }
            profiles[user] = UserProfile(name: Self.text(item, "name"), email: Self.text(item, "email"))
        }
        return profiles
    }

    private func keep(_ asked: [UserID], _ found: [UserID: UserProfile]) {
        let until = self.clock.now + self.lifetime
        self.kept.withLock { kept in
            if kept.count + asked.count > Self.capacity { kept.removeAll() }
            for user in asked { kept[user] = Kept(profile: found[user], until: until) }
        }
    }

    private static func text(_ value: JSONValue, _ name: String) -> String? {
        if case .string(let text)? = value.object?[name] { text } else { nil }
    }
}
