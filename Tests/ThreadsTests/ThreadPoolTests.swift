import Synchronization
import Testing
import Threads

@Suite("ThreadPool")
struct ThreadPoolTests {
    private enum Failure: Error { case expected }

    @TaskLocal static var local = 0

    /// Lets its callers go on once as many as expected have come.
    private final class Gate: Sendable {
        private let arrived = Atomic<Int>(0)
        private let expected: Int

        init(_ expected: Int) { self.expected = expected }

        /// - Returns: false when the others did not come within 20 s.
        func pass() -> Bool {
            self.arrived.add(1, ordering: .acquiringAndReleasing)
            let deadline = ContinuousClock.now + .seconds(20)
            while self.arrived.load(ordering: .acquiring) < self.expected {
                if ContinuousClock.now > deadline { return false }
            }
            return true
        }
    }

    @Test("as many calls block at once as there are threads")
    func runsInParallel() async {
        let pool = ThreadPool(name: "test-pool", threads: 4)
        let gate = Gate(4)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { await pool.run { gate.pass() } } }
            for await hasPassed in group { #expect(hasPassed) }
        }
        pool.shutdown()
    }

    @Test("a pool that grows lets more calls block at once")
    func grows() async {
        let pool = ThreadPool(name: "test-grow", threads: 1)
        let gate = Gate(3)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<3 { group.addTask { await pool.run { gate.pass() } } }
            pool.grow(to: 3)
            for await hasPassed in group { #expect(hasPassed) }
        }
        #expect(pool.threads == 3)
    }

    @Test("run returns values, throws errors of their type, and keeps task locals")
    func returnsAndThrows() async {
        let pool = ThreadPool(name: "test-run", threads: 1)
        let seen = await Self.$local.withValue(7) { await pool.run { (threadName(), Self.local) } }
        #expect(seen.0 == "test-run")
        #expect(seen.1 == 7)
        await #expect(throws: Failure.expected) {
            try await pool.run { () throws(Failure) in throw .expected }
        }
    }

    @Test("the main actor's calls leave the main thread")
    @MainActor func leavesActors() async {
        let pool = ThreadPool(name: "test-main", threads: 1)
        #expect(await pool.run { threadName() } == "test-main")
        #expect(threadName() != "test-main")
    }

    @Test("work is done in the order it came, and all of it before the shutdown is over")
    func finishesBeforeShutdown() {
        let pool = ThreadPool(name: "test-fifo", threads: 1)
        let seen = Mutex<[Int]>([])
        for number in 0..<10_000 { pool.perform { seen.withLock { $0.append(number) } } }
        pool.shutdown()
        #expect(seen.withLock { $0 } == Array(0..<10_000))
    }
}
