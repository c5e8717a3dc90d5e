import Glibc
import Synchronization
import Testing
import Threads

@Suite("MeteredExecutor")
struct MeteredExecutorTests {
    private final class Signals: Sendable {
        let burnt = Atomic(false)
        let stop = Atomic(false)
    }

    /// Keeps the calling thread busy until it has taken so much processor time more, by its own clock.
    private static func burn(_ duration: Duration) {
        func now() -> Duration {
            var time = timespec()
            _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let end = now() + duration
        while now() < end {}
    }

    @Test(
        "what a task and its children take counts, on whichever threads, and what others take on the same pool does not"
    )
    func counts() async {
        let pool = ThreadPool(name: "test-meter", threads: 3)
        let (one, other) = (MeteredExecutor(pool), MeteredExecutor(pool))
        await withTaskExecutorPreference(one) {
            Self.burn(.milliseconds(5))
            await withTaskGroup { group in
                for _ in 0..<3 { group.addTask { Self.burn(.milliseconds(5)) } }
            }
            await Task.yield()
            Self.burn(.milliseconds(5))
        }
        await withTaskExecutorPreference(pool) { Self.burn(.milliseconds(5)) }
        #expect(one.spent >= .milliseconds(25))
        #expect(other.spent == .zero)
        let spent = one.spent
        await withTaskExecutorPreference(other) { Self.burn(.milliseconds(5)) }
        #expect(one.spent == spent && other.spent >= .milliseconds(5))
        pool.shutdown()
    }

    @Test("time that waits is not counted, and what runs at the moment is, whoever asks")
    func running() async {
        let pool = ThreadPool(name: "test-meter", threads: 1)
        let metered = MeteredExecutor(pool)
        let signals = Signals()
        let work = Task(executorPreference: metered) {
            Self.burn(.milliseconds(5))
            signals.burnt.store(true, ordering: .releasing)
            // The thread is held, and takes nothing.
            while !signals.stop.load(ordering: .acquiring) { usleep(1000) }
        }
        while !signals.burnt.load(ordering: .acquiring) { usleep(1000) }
        let first = metered.spent
        #expect(first >= .milliseconds(5))
        let second = metered.spent
        #expect(second >= first)
        signals.stop.store(true, ordering: .releasing)
        await work.value
        #expect(metered.spent >= second)
        pool.shutdown()
        // The thread is gone, and what it took stays known.
        #expect(metered.spent >= second)
    }
}
