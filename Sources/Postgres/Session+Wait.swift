import CLibPQ
import Glibc
import Synchronization
import Threads

/// What may end the wait for the server before it answers.
struct Patience {
    /// Counted from the last sign of progress.
    var limit: Duration
    /// Whether the cancellation of the task cancels the statement; a COMMIT or ROLLBACK is seen through.
    var heedsCancellation = true
}

/// A request to cancel, sent from another thread while the session waits.
private final class CancelRequest: Sendable {
    let isDone = Atomic<Bool>(false)

    /// Sending one makes a connection and waits for its end, without any limit: not for the session's own thread.
    static let pool = ThreadPool(name: "pg-cancel", threads: 2)
}

extension Session {
    /// How long the server may take to obey a cancel request before the connection is given up.
    private static var grace: Duration { .seconds(2) }

    /// Waits for the next result of the statement that was sent.
    ///
    /// - Returns: nil when there are no more.
    /// - Throws: when the connection is lost or given up, in which case it is closed. An interrupted statement that
    ///   the server obediently cancelled is a result like any other; `interruption` tells.
    func nextResult(_ patience: Patience, interruption: inout Interruption) throws(PostgresError) -> ServerResult? {
        let handle = unsafe try self.liveHandle()
        var deadline = ContinuousClock.now + (interruption.cause == nil ? patience.limit : Self.grace)
        while true {
            let flush = unsafe PQflush(handle)
            if unsafe PQisBusy(handle) == 0 {
                guard let result = unsafe PQgetResult(handle) else { return nil }
                return unsafe ServerResult(result)
            }
            let events = flush > 0 ? POLLIN | POLLOUT : POLLIN
            let ready = unsafe self.wakeup.wait(socket: (PQsocket(handle), events), until: deadline)
            if ready.socket {
                // Failure shows as a result; libpq turns it into one.
                guard unsafe PQconsumeInput(handle) == 1 else { throw self.lost() }
            }
            if self.abandoned.load(ordering: .acquiring) { throw self.abandon(.poolClosed) }
            if interruption.cause == nil {
                if patience.heedsCancellation, Task.isCancelled {
                    unsafe interruption.begin(.cancelled, on: handle, wakeup: self.wakeup)
                    deadline = .now + Self.grace
                } else if !ready.socket, deadline <= .now {
                    unsafe interruption.begin(.timedOut(after: patience.limit), on: handle, wakeup: self.wakeup)
                    deadline = .now + Self.grace
                }
            } else if let cause = interruption.cause, deadline <= .now {
                throw self.abandon(cause)
            }
        }
    }

    /// Waits until a cancel request is out of the way, lest it hit the next statement.
    func settle(_ interruption: Interruption) throws(PostgresError) {
        guard let cause = interruption.cause else { return }
        let deadline = ContinuousClock.now + Self.grace
        while !interruption.isSettled {
            guard ContinuousClock.now < deadline else { throw self.abandon(cause) }
            _ = self.wakeup.wait(socket: nil, until: deadline)
        }
    }
}

/// Whether, and why, the statement that runs is being cancelled.
struct Interruption {
    private(set) var cause: PostgresError?
    private var request: CancelRequest?

    var isSettled: Bool { self.request?.isDone.load(ordering: .acquiring) ?? true }

    fileprivate mutating func begin(_ cause: PostgresError, on handle: OpaquePointer, wakeup: Wakeup) {
        self.cause = cause
        guard let ticket = unsafe CancelTicket(handle) else { return }
        let request = CancelRequest()
        self.request = request
        CancelRequest.pool.perform {
            ticket.send()
            request.isDone.store(true, ordering: .releasing)
            wakeup.signal()
        }
    }
}

/// What libpq needs to cancel a statement from another thread.
///
/// `@unchecked Sendable`: a `PGcancel` is a copy of the connection's address and key, made to be used elsewhere.
@safe private final class CancelTicket: @unchecked Sendable {
    private let ticket: OpaquePointer

    init?(_ handle: OpaquePointer) {
        guard let ticket = unsafe PQgetCancel(handle) else { return nil }
        unsafe self.ticket = ticket
    }

    deinit { unsafe PQfreeCancel(self.ticket) }

    /// Failure is found out by the statement not ending.
    func send() {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = unsafe PQcancel(self.ticket, message.baseAddress, 256)
        }
    }
}
