import Synchronization

/// A PostgreSQL database, reached through a bounded set of connections.
///
/// Connections are made when they are first needed, each with a thread of its own; the body of a transaction runs on
/// that thread, too, unless it is isolated to an actor, so that its statements cost no thread hop.
public final class Database: SQLExecutor {
    public let configuration: DatabaseConfiguration
    private struct Listening {
        let session: Session
        let events: AsyncStream<ListenEvent>.Continuation
    }

    private let pool: ConnectionPool
    private let listeners = Mutex<[ObjectIdentifier: Listening]>([:])

    /// Connects to nothing yet.
    public init(_ configuration: DatabaseConfiguration) {
        self.configuration = configuration
        self.pool = ConnectionPool(configuration)
    }

    /// What the pool is doing, for metrics.
    public var health: DatabaseHealth { self.pool.health }

    public func rows(_ sql: SQL) async throws(PostgresError) -> [Row] {
        if let link = PinnedSession.link(to: self) { return try await link.run(sql, in: RowScope.current).rows }
        let session = try await self.pool.acquire()
        return try await self.run(sql, on: session).rows
    }

    @discardableResult public func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        if let link = PinnedSession.link(to: self) { return try await link.run(sql, in: RowScope.current).affectedRows }
        let session = try await self.pool.acquire()
        return try await self.run(sql, on: session).affectedRows
    }

    private func run(_ sql: SQL, on session: Session) async throws(PostgresError) -> ServerResult {
        do throws(PostgresError) {
            let result = try await Link(session).run(sql, in: RowScope.current)
            await self.pool.release(session)
            return result
        } catch {
            await self.pool.release(session)
            throw error
        }
    }

    /// Lends one connection for as long as the body runs.
    ///
    /// - Throws: what the body throws, and ``PostgresError`` when there is no connection.
    @discardableResult public func withConnection<Value: Sendable>(
        _ body: (Connection) async throws -> Value
    ) async throws -> Value {
        try await self.lendConnection(body)
    }

    func lendConnection<Value: Sendable>(_ body: (Connection) async throws -> Value) async throws -> Value {
        let session = try await self.pool.acquire()
        do {
            let value = try await withTaskExecutorPreference(session.executor) {
                try await body(Connection(link: Link(session)))
            }
            await self.pool.release(session)
            return value
        } catch {
            await self.pool.release(session)
            throw error
        }
    }

    /// Runs the body in a transaction: committed when it returns, rolled back when it throws or the task is cancelled.
    ///
    /// - Throws: what the body throws, and ``PostgresError``. With ``PostgresError/connectionLost(reason:)`` the
    ///   transaction may have been committed all the same. An error that the body caught and kept to itself is thrown
    ///   here, because the server undoes such a transaction.
    @discardableResult public func transaction<Value: Sendable>(
        _ isolation: Isolation = .readCommitted, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await self.runTransaction(isolation, body)
    }

    func runTransaction<Value: Sendable>(
        _ isolation: Isolation, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        for _ in 0..<2 {
            if let value = try await self.attempt(isolation, body, mayFindDead: true) { return value }
        }
        guard let value = try await self.attempt(isolation, body, mayFindDead: false) else {
            preconditionFailure("a transaction returns or throws")
        }
        return value
    }

    /// ``transaction(_:_:)``, run again from the start when it failed for a reason that may pass.
    ///
    /// - Parameter attempts: at most this many runs in all; the body must be harmless to repeat. Between them lie
    ///   25 ms to 1 s, at random.
    /// - Throws: the last attempt's error. A lost connection is not tried again: the work may have been done.
    @discardableResult public func retryingTransaction<Value: Sendable>(
        _ isolation: Isolation = .readCommitted, attempts: Int, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await self.repeatTransaction(isolation, attempts: attempts, body)
    }

    func repeatTransaction<Value: Sendable>(
        _ isolation: Isolation, attempts: Int, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        precondition(attempts >= 1, "a transaction is attempted at least once")
        var backoff = Backoff(most: .seconds(1))
        for _ in 1..<attempts {
            do {
                return try await self.runTransaction(isolation, body)
            } catch let error as PostgresError where error.isTransient {
                do { try await Task.sleep(for: backoff.next()) } catch { throw PostgresError.cancelled }
            }
        }
        return try await self.runTransaction(isolation, body)
    }

    /// Runs a transaction from the choice of its connection to the end; all but that choice on the connection's thread.
    ///
    /// - Parameter mayFindDead: whether another attempt follows when BEGIN finds out that the connection died while it
    ///   lay idle, which is the one moment when that is known to be harmless.
    /// - Returns: nil after such a find.
    private func attempt<Value: Sendable>(
        _ isolation: Isolation, _ body: (Transaction) async throws -> Value, mayFindDead: Bool
    ) async throws -> Value? {
        assert(PinnedSession.link(to: self) == nil, "a transaction inside of onOneConnection takes a second connection")
        let session = try await self.pool.acquire()
        do {
            let value = try await withTaskExecutorPreference(session.executor) { () async throws -> Value? in
                let link = Link(session)
                do throws(PostgresError) {
                    try await link.begin(isolation)
                } catch .connectionLost where mayFindDead {
                    return nil
                }
                do {
                    if let scope = RowScope.current { _ = try await link.run(scope.statement) }
                    let value = try await body(Transaction(link: link))
                    if Task.isCancelled { throw PostgresError.cancelled }
                    try await link.commit()
                    return value
                } catch {
                    await link.rollBack()
                    throw error
                }
            }
            await self.pool.release(session)
            return value
        } catch {
            await self.pool.release(session)
            throw error
        }
    }

    /// Hears what is sent by `NOTIFY` on some channels, on a connection of its own.
    ///
    /// Starts with ``ListenEvent/reconnected`` as soon as it listens. A broken connection is made anew, for ever, until
    /// the stream's reader stops or the database is closed. A reader that falls 1,024 events behind loses the oldest,
    /// and gets a ``ListenEvent/reconnected`` in their place.
    public func listen(_ channels: [String]) -> AsyncStream<ListenEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1024)) { continuation in
            var configuration = self.configuration
            configuration.url = configuration.directURL ?? configuration.url
            guard let session = try? Session(configuration, name: "pg-listen") else { return continuation.finish() }
            let identity = ObjectIdentifier(session)
            self.listeners.withLock { $0[identity] = Listening(session: session, events: continuation) }
            continuation.onTermination = { [weak self] _ in
                session.stopListening()
                _ = self?.listeners.withLock { $0.removeValue(forKey: identity) }
            }
            session.startListening(to: channels, events: continuation)
        }
    }

    /// Ends all listening, lets no statement begin any more, and closes the connections as they come free.
    ///
    /// Who holds one for longer than 10 s loses it, and gets ``PostgresError/poolClosed``. A second call waits, too.
    public func close() async {
        for listener in self.listeners.withLock({ Array($0.values) }) { listener.events.finish() }
        await self.pool.close(patience: .seconds(10))
    }
}
