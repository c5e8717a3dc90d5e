import JobLifecycle
import Postgres

/// Why a worker should look.
enum WakeUp: Equatable, Sendable {
    /// A queue has new jobs.
    case queue(QueueName)
    /// Anything may have happened: notifications may have been missed.
    case everything
    /// An operator changed something.
    case settings
}

extension JobQueue {
    /// Hears of queues that have new jobs, and of changed settings.
    ///
    /// Yields ``WakeUp/everything`` at the start and after each reconnect.
    func wakeUps() -> AsyncStream<WakeUp> {
        let (stream, continuation) = AsyncStream.makeStream(of: WakeUp.self, bufferingPolicy: .bufferingNewest(1024))
        let task = Task {
            for await event in self.database.listen([Self.channel]) {
                switch event {
                case .reconnected: continuation.yield(.everything)
                case .notification(let notification) where notification.payload == Self.settingsChanged:
                    continuation.yield(.settings)
                case .notification(let notification):
                    let queue = Int16(notification.payload).flatMap { self.names.name(of: $0) }
                    continuation.yield(queue.map(WakeUp.queue) ?? .everything)
                }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
