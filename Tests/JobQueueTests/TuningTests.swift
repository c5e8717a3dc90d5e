import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Self-tuning")
struct TuningTests {
    /// Of the one worker, as it said itself.
    private func slots(_ queue: JobQueue) async throws -> Int? {
        let workers = try await queue.workers()
        return workers.first?.pools["test"]?.slots
    }

    @Test(
        "slots move to the pool that is behind, with the reason in the history, within bounds, and back when these are narrowed"
    )
    func moves() async throws {
        try await withQueue { queue, database in
            let watch = Watch()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { _, _ in
                    watch.began()
                    // So long that both slots are seen busy, however slow the machine is.
                    try await Task.sleep(for: .milliseconds(800))
                    watch.ending()
                    return .completed
                })
            registry.register(ClosureHandler<Quick> { _, _ in .completed })
            var graph = JobGraph()
            for number in 0..<2000 { graph.add(Noop(number: number)) }
            let jobs = graph
            _ = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
            _ = try await queue.number(of: "quick")
            // They have waited for a minute already.
            try await database.execute("UPDATE job SET created_at = now() - interval '1 minute'")
            for name in ["test", "quick"] as [QueueName] {
                try await queue.change(
                    poolsOf: name, on: nil, PoolChange(slots: .set(2), tuning: .set(1...3)), by: "olga")
            }
            try await runWorker(queue, registry, slots: 2, heartbeat: .milliseconds(50)) {
                // Whether there is room on the machine or not: then the idle pool gives one.
                try await self.slots(queue) == 3
            } then: {
                try await eventually { watch.most >= 3 }
                let tuned = try await queue.audit(of: "test").filter { $0.action == "pool.tune" }
                #expect(tuned.count == 1 && tuned[0].actor == "self-tuning" && tuned[0].subject == "test@node-1")
                #expect(tuned[0].after?.contains("its first job has waited") == true)
                // The operator's word holds at once, however short ago the last move was.
                try await queue.change(poolsOf: "test", on: nil, PoolChange(tuning: .set(1...1)), by: "olga")
                try await eventually { try await self.slots(queue) == 1 }
                let last = try #require(try await queue.audit(of: "test").first { $0.action == "pool.tune" })
                #expect(last.after?.contains("the operator allows 1 to 1 slots") == true)
                // An operator who sets the number on the node and lifts the bounds is not overruled.
                try await queue.change(poolsOf: "test", on: nil, PoolChange(tuning: .unset), by: "olga")
                try await queue.change(poolsOf: "test", on: "node-1", PoolChange(slots: .set(4)), by: "olga")
                try await eventually { try await self.slots(queue) == 4 }
                try await Task.sleep(for: .milliseconds(600))
                #expect(try await self.slots(queue) == 4)
            }
        }
    }
}
