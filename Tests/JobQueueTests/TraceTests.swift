import JobLifecycle
import JobQueue
import Logging
import Postgres
import Synchronization
import Testing

@Suite("Traces of jobs")
struct TraceTests {
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("8.14: an attempt runs in the trace its job was enqueued in, and so do the jobs that follow; others in none")
    func inherited() async throws {
        try await withQueue { queue, database in
            let seen = Mutex<[Int: String?]>([:])
            let surrounded = Mutex<[String]>([])
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { work, _ in
                    let current = JobTrace.current
                    seen.withLock { $0[work.number] = .some(current) }
                    guard work.number == 1 else { return .completed }
                    return .completed { transaction in
                        var graph = JobGraph()
                        graph.add(Noop(number: 3))
                        try await queue.enqueue(graph, scope: .none, in: transaction)
                    }
                })
            registry.inTrace = { trace, work in
                surrounded.withLock { $0.append(trace) }
                await work()
            }
            try await JobTrace.$current.withValue(Self.trace) {
                _ = try await queue.enqueue(Noop(number: 1), through: database)
            }
            _ = try await queue.enqueue(Noop(number: 2), through: database)
            try await runWorker(queue, registry) { seen.withLock { $0.count == 3 } }
            let traces = seen.withLock { $0 }
            #expect(traces[1] == .some(Self.trace) && traces[3] == .some(Self.trace))
            #expect(traces[2] == .some(nil))
            #expect(surrounded.withLock { $0 } == [Self.trace, Self.trace])
        }
    }
}
