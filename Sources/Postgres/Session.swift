import CLibPQ
import Glibc
import Synchronization
import Threads

/// One connection: a `PGconn`, and the thread that alone touches it.
///
/// libpq is used in its non-blocking mode, and this thread waits in poll(2), so that every wait has a deadline and
/// can be interrupted.
@safe actor Session {
    enum State: UInt8 {
        /// Between transactions.
        case ready
        /// In a transaction, or in the middle of a COPY.
        case busy
        /// Of no use any more.
        case broken
    }

    nonisolated let executor: ThreadExecutor
    nonisolated let wakeup: Wakeup
    nonisolated let configuration: DatabaseConfiguration

    /// Counted up when the session goes back to the pool: who still holds an older number has lost the right to it.
    nonisolated let lease = Atomic<Int>(0)
    /// Tells the thread to give up whatever it is waiting for; set before ``wakeup`` is signalled.
    nonisolated let abandoned = Atomic<Bool>(false)
    private nonisolated let publishedState = Atomic<UInt8>(State.broken.rawValue)
    private nonisolated let publishedSocket = Atomic<Int32>(-1)

    private var owner: HandleOwner?
    var statements: StatementCache
    var parameters = ParameterBuffer()
    var isCopying = false
    /// The first error of the current transaction: what a COMMIT that turns into a ROLLBACK is blamed on.
    var transactionFault: ServerFault?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

    /// Makes the thread; ``open(until:)`` connects.
    init(_ configuration: DatabaseConfiguration, name: String) throws(PostgresError) {
        self.configuration = configuration
        self.wakeup = try Wakeup()
        self.executor = ThreadExecutor(name: name)
        self.statements = StatementCache(capacity: configuration.preparedStatements ? 256 : 0)
    }

    var handle: OpaquePointer? { unsafe self.owner?.handle }

    /// - Parameter handle: owned from now on.
    func adopt(_ handle: OpaquePointer) { self.owner = unsafe HandleOwner(handle) }

    /// As of the last statement; safe to ask from anywhere.
    nonisolated var state: State {
        State(rawValue: self.publishedState.load(ordering: .acquiring)) ?? .broken
    }

    /// Whether nothing came in since the last statement; what comes in is most often news of the end.
    nonisolated var isQuiet: Bool {
        let socket = self.publishedSocket.load(ordering: .acquiring)
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&descriptor, 1, 0) == 0
    }

    /// Reads what came in while nobody used the session.
    ///
    /// - Returns: whether the session is still of use.
    func hearOut() -> Bool {
        guard let handle = unsafe self.handle else { return false }
        // A server that says goodbye sends a message and closes: two reads, then the status is known.
        for _ in 0..<3 where unsafe PQstatus(handle) == CONNECTION_OK && !self.isQuiet {
            _ = unsafe PQconsumeInput(handle)
            while let notification = unsafe PQnotifies(handle) { unsafe PQfreemem(notification) }
            _ = unsafe PQisBusy(handle)
        }
        self.publish()
        return self.state == .ready
    }

    /// Ends the connection; a second call does nothing.
    func close() {
        self.owner = nil
        self.isCopying = false
        self.statements = StatementCache(capacity: self.statements.capacity)
        self.publish()
    }

    /// Makes the outcome of the last statement known to other threads.
    func publish() {
        guard let handle = unsafe self.handle, unsafe PQstatus(handle) == CONNECTION_OK else {
            self.publishedState.store(State.broken.rawValue, ordering: .releasing)
            self.publishedSocket.store(-1, ordering: .releasing)
            return
        }
        let state: State =
            switch unsafe PQtransactionStatus(handle) {
            case PQTRANS_IDLE: self.isCopying ? .busy : .ready
            case PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_ACTIVE: .busy
            default: .broken
            }
        self.publishedState.store(state.rawValue, ordering: .releasing)
        unsafe self.publishedSocket.store(PQsocket(handle), ordering: .releasing)
    }

    /// The connection, if the caller may use it now.
    func handle(forLease lease: Int) throws(PostgresError) -> OpaquePointer {
        guard self.lease.load(ordering: .acquiring) == lease else {
            throw .unexpected("a connection was used after it had been given back")
        }
        guard !self.isCopying else { throw .unexpected("a connection was used in the middle of its COPY") }
        if self.abandoned.load(ordering: .acquiring) { throw self.abandon(.poolClosed) }
        return unsafe try self.liveHandle()
    }

    func liveHandle() throws(PostgresError) -> OpaquePointer {
        guard let handle = unsafe self.handle, unsafe PQstatus(handle) == CONNECTION_OK else {
            throw .connectionLost(reason: "the connection broke in an earlier statement")
        }
        return unsafe handle
    }

    /// Gives up the connection, which is in a state nobody can tell.
    func abandon(_ error: PostgresError) -> PostgresError {
        self.close()
        return error
    }

    /// What libpq says went wrong, as the loss of the connection.
    func lost() -> PostgresError {
        guard let handle = unsafe self.handle else { return .connectionLost(reason: "closed") }
        let reason = unsafe String(cString: PQerrorMessage(handle)).trimmed
        return self.abandon(.connectionLost(reason: reason.isEmpty ? "the server closed the connection" : reason))
    }
}

/// Ends a connection with its last reference.
///
/// `@unchecked Sendable`: the session alone uses the handle, on its thread; any thread may finish it once that is over.
@safe private final class HandleOwner: @unchecked Sendable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQfinish(self.handle) }
}
