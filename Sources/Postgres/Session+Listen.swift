import CLibPQ
import Glibc
import Synchronization
import Threads

extension Session {
    /// Listens on the session's thread until ``stopListening()``; then closes the connection.
    nonisolated func startListening(to channels: [String], events: AsyncStream<ListenEvent>.Continuation) {
        self.executor.perform { self.assumeIsolated { $0.listen(to: channels, events: events) } }
    }

    /// Never blocks.
    nonisolated func stopListening() {
        self.abandoned.store(true, ordering: .releasing)
        self.wakeup.signal()
    }

    private func listen(to channels: [String], events: AsyncStream<ListenEvent>.Continuation) {
        let script = channels.map { "LISTEN \(SQL.quoted($0))" }.joined(separator: ";")
        var backoff = Backoff(most: .seconds(10))
        while !self.abandoned.load(ordering: .acquiring) {
            do {
                try self.open(until: .now + self.configuration.connectTimeout)
                _ = try self.runScript(script, Patience(limit: self.configuration.connectTimeout))
                events.yield(.reconnected)
                backoff = Backoff(most: .seconds(10))
                try self.hear(events)
            } catch {
                self.close()
                let pause = ContinuousClock.now + backoff.next()
                while !self.abandoned.load(ordering: .acquiring), ContinuousClock.now < pause {
                    _ = self.wakeup.wait(socket: nil, until: pause)
                }
            }
        }
        self.close()
    }

    /// Passes on what comes, until told to stop; the server's keepalives tell when nothing can come any more.
    private func hear(_ events: AsyncStream<ListenEvent>.Continuation) throws(PostgresError) {
        let handle = unsafe try self.liveHandle()
        while !self.abandoned.load(ordering: .acquiring) {
            while let notification = unsafe PQnotifies(handle) {
                let heard = unsafe Notification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra))
                unsafe PQfreemem(notification)
                if case .dropped = events.yield(.notification(heard)) { events.yield(.reconnected) }
            }
            guard unsafe PQstatus(handle) == CONNECTION_OK else { throw self.lost() }
            _ = unsafe self.wakeup.wait(socket: (PQsocket(handle), POLLIN), until: .now + .seconds(600))
            guard unsafe PQconsumeInput(handle) == 1 else { throw self.lost() }
        }
    }
}
