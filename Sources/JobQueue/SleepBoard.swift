import Synchronization

/// What was last said in the database of the queues on which a worker sleeps.
final class SleepBoard: Sendable {
    private let said = Mutex<Set<Int16>>([])

    var queues: Set<Int16> { self.said.withLock { $0 } }

    /// - Returns: false when that was said already.
    func add(_ queue: Int16) -> Bool { self.said.withLock { $0.insert(queue).inserted } }

    func remove(_ queue: Int16) { self.said.withLock { _ = $0.remove(queue) } }

    func replace(by queues: Set<Int16>) { self.said.withLock { $0 = queues } }
}
