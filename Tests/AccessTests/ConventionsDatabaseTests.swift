import FoundationEssentials
import Postgres
import TestKit
import Testing

@testable import Access

@Suite("What replicas share about requests")
struct ConventionsDatabaseTests {
    private func withDatabase(_ body: (Database) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 6))
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(database))
            } catch {
                outcome = .failure(error)
            }
            await database.close()
            try outcome.get()
        }
    }

    private let policies = RatePolicies([.write: RatePolicies.pair("write", burst: 40, hour: 50)])

    @Test("SE-5: two replicas share one quota to the request, and none is refused before r=0 was told")
    func shared() async throws {
        try await self.withDatabase { database in
            let replicas = [
                RateLimiter(database: database, policies: self.policies),
                RateLimiter(database: database, policies: self.policies),
            ]
            var allowed = 0
            var lowest = Int.max
            for number in 0..<100 {
                let standing = try #require(await replicas[number % 2].count("user:a", in: .write))
                let burst = try #require(standing.windows.first { $0.policy.name == "write-burst" })
                if standing.isAllowed {
                    allowed += 1
                    lowest = min(lowest, burst.remaining)
                } else {
                    #expect(lowest == 0, "refused though some was left")
                    #expect(standing.violated.map(\.name) == ["write-burst"] && standing.retryAfter >= 1)
                }
            }
            #expect(allowed == 40)
            // Another subject and another class have room of their own.
            #expect(await replicas[0].count("user:b", in: .write)?.isAllowed == true)
            #expect(await replicas[0].count("user:a", in: .read) == nil)
            #expect(replicas[0].exhausted("user:a", in: .write) != nil)
            #expect(replicas[0].exhausted("user:b", in: .write) == nil)
        }
    }

    @Test("SE-5: many requests at once never get more than the quota")
    func race() async throws {
        try await self.withDatabase { database in
            let replicas = (0..<3).map { _ in RateLimiter(database: database, policies: self.policies) }
            let allowed = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<150 {
                    group.addTask { await replicas[number % 3].count("user:a", in: .write)?.isAllowed ?? true }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            // What three replicas may count before they tell each other fits into the last quarter.
            #expect((35...43).contains(allowed), "\(allowed)")
        }
    }

    @Test("without the database nobody is refused by the quota")
    func away() async throws {
        try await self.withDatabase { database in
            let limiter = RateLimiter(database: database, policies: self.policies)
            await database.close()
            #expect(await limiter.count("user:a", in: .write) == nil)
        }
    }

    private func scope(_ key: String, principal: String = "user:a@1") throws -> IdempotencyStore.Scope {
        IdempotencyStore.Scope(
            principal: principal, method: "POST", path: "/x?", key: try #require(IdempotencyKey(key)))
    }

    private func outcome(_ beginning: IdempotencyStore.Beginning) -> String {
        switch beginning {
        case .fresh: "fresh"
        case .done(let answer): "done \(answer.status)"
        case .inFlight: "in flight"
        case .reused: "reused"
        }
    }

    @Test("a request is fresh once, then in flight, then done, and another payload is never it")
    func idempotency() async throws {
        try await self.withDatabase { database in
            let store = IdempotencyStore(database: database, secret: [UInt8](repeating: 1, count: 32))
            let first = try await store.begin(try self.scope("k"), payload: [1])
            guard case .fresh(let claim) = first else {
                Issue.record("\(self.outcome(first))")
                return
            }
            #expect(self.outcome(try await store.begin(try self.scope("k"), payload: [1])) == "in flight")
            #expect(self.outcome(try await store.begin(try self.scope("k"), payload: [2])) == "reused")
            #expect(self.outcome(try await store.begin(try self.scope("k", principal: "b"), payload: [2])) == "fresh")
            let answer = KeptAnswer(status: 201, headers: ["location": "/x/1"], body: Array("{}".utf8))
            try await store.finish(claim, answer)
            guard case .done(let kept) = try await store.begin(try self.scope("k"), payload: [1]) else {
                Issue.record("not kept")
                return
            }
            #expect(kept == answer)
            // An answer that is there is not taken away by a late release.
            try await store.release(claim)
            #expect(self.outcome(try await store.begin(try self.scope("k"), payload: [1])) == "done 201")
        }
    }

    @Test("an execution that died frees its key in the end, and its late answer is not taken")
    func died() async throws {
        try await self.withDatabase { database in
            let store = IdempotencyStore(database: database, secret: [UInt8](repeating: 1, count: 32))
            guard case .fresh(let dead) = try await store.begin(try self.scope("k"), payload: [1]) else { return }
            try await database.execute("UPDATE idempotency_keys SET locked_until = now() - interval '1 second'")
            guard case .fresh(let next) = try await store.begin(try self.scope("k"), payload: [1]) else {
                Issue.record("not freed")
                return
            }
            try await store.finish(dead, KeptAnswer(status: 500, headers: [:], body: []))
            try await store.finish(next, KeptAnswer(status: 204, headers: [:], body: []))
            #expect(self.outcome(try await store.begin(try self.scope("k"), payload: [1])) == "done 204")
            try await database.execute("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'")
            #expect(self.outcome(try await store.begin(try self.scope("k"), payload: [9])) == "fresh")
            try await database.execute("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'")
            try await store.reap()
            #expect(try await database.rows("SELECT 1 FROM idempotency_keys").isEmpty)
        }
    }

    @Test("of many who begin the same at once one does it")
    func once() async throws {
        try await self.withDatabase { database in
            let store = IdempotencyStore(database: database, secret: [UInt8](repeating: 1, count: 32))
            let fresh = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        if case .fresh = try await store.begin(try self.scope("k"), payload: [1]) {
                            true
                        } else {
                            false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(fresh == 1)
        }
    }
}
