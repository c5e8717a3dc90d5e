import JobLifecycle
import Postgres

extension JobQueue {
    /// Hears of queues that have new jobs.
    ///
    /// Yields nil, meaning any queue, whenever notifications may have been missed: at the start and after each reconnect.
    func wakeUps() -> AsyncStream<QueueName?> {
        let (stream, continuation) = AsyncStream.makeStream(of: QueueName?.self, bufferingPolicy: .bufferingNewest(1024))
        let task = Task {
            for await event in self.database.listen([Self.channel]) {
                switch event {
                case .reconnected: continuation.yield(nil)
                case .notification(let notification):
                    continuation.yield(self.name(of: notification.payload))
                }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func name(of payload: String) -> QueueName? {
        guard let number = Int16(payload) else { return nil }
        return self.name(of: number)
    }
}
