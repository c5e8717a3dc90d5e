import Dispatch
import Synchronization
import Threads

/// Does numbered work on several threads and hands the results over in the order of the numbers.
///
/// At most twice as many results as threads wait for their turn.
struct OrderedWork<Value: Sendable>: Sendable {
    let count: Int
    let threads: Int

    private struct Progress {
        var next = 0
        var finished: [Int: Result<Value, any Error>] = [:]
        var stopped = false
    }

    /// What the threads share with the caller.
    private final class Shared: Sendable {
        let progress = Mutex(Progress())
        let room: DispatchSemaphore
        let ready = DispatchSemaphore(value: 0)

        init(room: Int) { self.room = DispatchSemaphore(value: room) }
    }

    /// - Parameters:
    ///   - work: called on any thread, once for each number until one call throws.
    ///   - receive: called on the caller's thread only.
    /// - Throws: what the first failing `work`, in order of numbers, or `receive` threw.
    func run(_ work: @escaping @Sendable (Int) throws -> Value, receive: (Int, Value) throws -> Void) throws {
        guard self.threads > 1, self.count > 1 else {
            for number in 0..<self.count { try receive(number, try work(number)) }
            return
        }
        let shared = Shared(room: self.threads * 2)
        let executors = (0..<min(self.threads, self.count)).map { ThreadExecutor(name: "patch-\($0)") }
        defer {
            shared.progress.withLock { $0.stopped = true }
            for _ in executors { shared.room.signal() }
            for executor in executors { executor.shutdown() }
            // A semaphore may not be destroyed below its first value.
            for _ in 0..<self.threads * 2 { shared.room.signal() }
        }
        for executor in executors { executor.perform { self.work(shared, work) } }
        for number in 0..<self.count {
            while true {
                if let result = shared.progress.withLock({ $0.finished.removeValue(forKey: number) }) {
                    try receive(number, try result.get())
                    shared.room.signal()
                    break
                }
                shared.ready.wait()
            }
        }
    }

    private func work(_ shared: Shared, _ work: @Sendable (Int) throws -> Value) {
        while true {
            shared.room.wait()
            let number: Int? = shared.progress.withLock { progress in
                guard !progress.stopped, progress.next < self.count else { return nil }
                defer { progress.next += 1 }
                return progress.next
            }
            guard let number else { return }
            let result = Result { try work(number) }
            shared.progress.withLock { $0.finished[number] = result }
            shared.ready.signal()
        }
    }
}
