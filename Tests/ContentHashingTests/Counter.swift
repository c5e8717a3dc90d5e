import Synchronization

/// A sum that several threads add to.
final class Counter: Sendable {
    private let sum = Mutex<Int64>(0)

    func add(_ count: Int64) { self.sum.withLock { $0 += count } }

    var value: Int64 { self.sum.withLock { $0 } }
}
