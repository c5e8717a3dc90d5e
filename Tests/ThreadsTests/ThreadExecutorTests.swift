import FoundationEssentials
import Synchronization
import Testing
import Threads

@Suite("ThreadExecutor")
struct ThreadExecutorTests {
    private actor Counter {
        nonisolated let executor: ThreadExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }
        private(set) var count = 0

        init(_ executor: ThreadExecutor) { self.executor = executor }

        func increment() { self.count += 1 }
        func name() -> String { threadName() }
        nonisolated func countNow() -> Int { self.assumeIsolated { $0.count } }
    }

    @Test("an actor's work runs on the thread of that name, one piece at a time")
    func serializes() async {
        let counter = Counter(ThreadExecutor(name: "test-serial"))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { await counter.increment() } }
        }
        #expect(await counter.count == 1000)
        #expect(await counter.name() == "test-serial")
    }

    @Test("a task that prefers the executor runs on it")
    func isPreferred() async {
        let executor = ThreadExecutor(name: "test-preferred")
        let name = await withTaskExecutorPreference(executor) { await nameOfThread() }
        #expect(name == "test-preferred")
        executor.shutdown()
    }

    @Test("closures run in order, and know that they are on the thread")
    func performsInOrder() {
        let executor = ThreadExecutor(name: "test-order")
        let counter = Counter(executor)
        let seen = Mutex<[Int]>([])
        for number in 0..<100 { executor.perform { seen.withLock { $0.append(number + counter.countNow()) } } }
        executor.shutdown()
        #expect(seen.withLock { $0 } == Array(0..<100))
    }

    @Test("work handed in after the shutdown still runs")
    func runsLateWork() async {
        let executor = ThreadExecutor(name: "test-late")
        let counter = Counter(executor)
        await counter.increment()
        executor.shutdown()
        await counter.increment()
        executor.shutdown()
        #expect(await counter.count == 2)
    }

    @Test("a shutdown on the thread itself does not wait for itself")
    func shutsItselfDown() async {
        let executor = ThreadExecutor(name: "test-self")
        await withCheckedContinuation { continuation in
            executor.perform {
                executor.shutdown()
                continuation.resume()
            }
        }
    }

    @Test("the thread ends with the last reference")
    func endsWithLastReference() async {
        for _ in 0..<100 {
            let counter = Counter(ThreadExecutor(name: "test-gone"))
            await counter.increment()
        }
        // The last references may go a moment after the last answer.
        for _ in 0..<1000 where threadNames().contains("test-gone") { try? await Task.sleep(for: .milliseconds(5)) }
        #expect(!threadNames().contains("test-gone"))
    }
}

@concurrent func nameOfThread() async -> String { threadName() }

func threadName() -> String {
    let text = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return String((text ?? "").dropLast())
}

func threadNames() -> [String] {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return threads.compactMap { thread in
        let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
        return text.map { String($0.dropLast()) }
    }
}
