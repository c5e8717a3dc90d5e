import JobLifecycle
import Synchronization

/// Numbers of queues and keys that this process has met. They never change.
final class NameCache: Sendable {
    /// Beyond so many keys the cache starts anew.
    private static let largest = 10_000

    private struct Known {
        var queues: [QueueName: Int16] = [:]
        var names: [Int16: QueueName] = [:]
        var keys: [String: Int32] = [:]
    }

    private let known = Mutex(Known())

    func number(of queue: QueueName) -> Int16? { self.known.withLock { $0.queues[queue] } }

    func name(of number: Int16) -> QueueName? { self.known.withLock { $0.names[number] } }

    func number(ofKey key: String) -> Int32? { self.known.withLock { $0.keys[key] } }

    func remember(_ queue: QueueName, _ number: Int16) {
        self.known.withLock { known in
            known.queues[queue] = number
            known.names[number] = queue
        }
    }

    func remember(key: String, _ number: Int32) {
        self.known.withLock { known in
            if known.keys.count >= Self.largest { known.keys.removeAll() }
            known.keys[key] = number
        }
    }
}
