import Synchronization

/// Connections, made when they are needed, lent out in the order of asking.
final class ConnectionPool: Sendable {
    /// How long a connection may lie unused while others are used in its place.
    private static let idleLimit = Duration.seconds(300)

    private typealias Waiter = CheckedContinuation<PostgresError?, Never>

    private struct Guarded {
        var state: PoolState<Session, Waiter>
        /// In use, or being made.
        var taken: [ObjectIdentifier: Session] = [:]
        var closing: [CheckedContinuation<Void, Never>] = []
        var counts = DatabaseHealth()
    }

    private let configuration: DatabaseConfiguration
    private let guarded: Mutex<Guarded>

    init(_ configuration: DatabaseConfiguration) {
        self.configuration = configuration
        self.guarded = Mutex(Guarded(state: PoolState(maximum: configuration.maxConnections)))
    }

    var health: DatabaseHealth {
        self.guarded.withLock { guarded in
            var health = guarded.counts
            health.maximum = guarded.state.maximum
            health.idle = guarded.state.idleCount
            health.open = guarded.state.idleCount + guarded.taken.count
            health.waiting = guarded.state.waitingCount
            return health
        }
    }

    /// Waits for a connection; the caller gives it back with ``release(_:)``.
    func acquire() async throws(PostgresError) -> Session {
        if Task.isCancelled { throw .cancelled }
        let deadline = ContinuousClock.now + self.configuration.acquireTimeout
        try await self.acquirePermit(until: deadline)
        do throws(PostgresError) {
            while let session = self.takeIdle() {
                if session.isQuiet { return session }
                if await session.hearOut() { return session }
                self.forget(session)
                await session.close()
            }
            return try await self.connect(until: deadline)
        } catch {
            self.returnPermit()
            throw error
        }
    }

    /// Takes a connection back; what is not between two transactions is rolled back, what is broken is closed.
    func release(_ session: Session) async {
        session.lease.add(1, ordering: .acquiringAndReleasing)
        if session.state == .busy { await session.rollBack() }
        let isReady = session.state == .ready
        let now = ContinuousClock.now
        let (isKept, stale) = self.guarded.withLock { guarded -> (Bool, Session?) in
            guarded.taken.removeValue(forKey: ObjectIdentifier(session))
            let isKept = isReady && guarded.state.putIdle(session, now: now)
            return (isKept, guarded.state.takeStale(before: now - Self.idleLimit))
        }
        if !isKept { await session.close() }
        await stale?.close()
        self.returnPermit()
    }

    /// Lets nobody in any more, waits until all connections are back, and closes them.
    ///
    /// Whoever keeps one for longer than `patience` loses it, and gets ``PostgresError/poolClosed``; whoever does not
    /// even notice that is not waited for.
    func close(patience: Duration) async {
        let (waiters, idle) = self.guarded.withLock { $0.state.close() }
        for waiter in waiters { waiter.resume(returning: .poolClosed) }
        for session in idle { await session.close() }
        let timer = Task {
            try await Task.sleep(for: patience)
            self.abandonTaken()
            try await Task.sleep(for: .seconds(2))
            self.endClosing()
        }
        defer { timer.cancel() }
        await withCheckedContinuation { continuation in
            let isDone = self.guarded.withLock { guarded in
                if guarded.state.permitsInUse == 0 { return true }
                guarded.closing.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func endClosing() {
        let closing = self.guarded.withLock { guarded in
            defer { guarded.closing = [] }
            return guarded.closing
        }
        for continuation in closing { continuation.resume() }
    }

    private func abandonTaken() {
        let taken = self.guarded.withLock { Array($0.taken.values) }
        for session in taken {
            session.abandoned.store(true, ordering: .releasing)
            session.wakeup.signal()
        }
    }
}

extension ConnectionPool {
    private func acquirePermit(until deadline: ContinuousClock.Instant) async throws(PostgresError) {
        let (answer, ticket) = self.guarded.withLock { ($0.state.ask(), $0.state.makeTicket()) }
        switch answer {
        case .granted: return
        case .closed: throw .poolClosed
        case .wait: break
        }
        let timedOut = PostgresError.timedOut(after: self.configuration.acquireTimeout)
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            self.giveUp(ticket, timedOut)
        }
        defer { timer.cancel() }
        let error = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                // The clock and the task are asked under the lock that ``giveUp`` takes, so neither can slip through.
                let answer = self.guarded.withLock { guarded -> PostgresError?? in
                    if Task.isCancelled { return .some(.cancelled) }
                    if ContinuousClock.now >= deadline { return .some(timedOut) }
                    switch guarded.state.ask() {
                    case .granted: return .some(nil)
                    case .closed: return .some(.poolClosed)
                    case .wait:
                        guarded.state.enqueue(waiter, ticket: ticket)
                        return nil
                    }
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            self.giveUp(ticket, .cancelled)
        }
        guard let error else { return }
        if error == timedOut { self.guarded.withLock { $0.counts.acquireTimeouts += 1 } }
        throw error
    }

    private func giveUp(_ ticket: Int, _ error: PostgresError) {
        let waiter = self.guarded.withLock { $0.state.giveUp(ticket) }
        waiter?.resume(returning: error)
    }

    private func returnPermit() {
        let (waiter, closing) = self.guarded.withLock { guarded -> (Waiter?, [CheckedContinuation<Void, Never>]) in
            if let waiter = guarded.state.returnPermit() { return (waiter, []) }
            guard guarded.state.isClosed, guarded.state.permitsInUse == 0 else { return (nil, []) }
            defer { guarded.closing = [] }
            return (nil, guarded.closing)
        }
        waiter?.resume(returning: nil)
        for continuation in closing { continuation.resume() }
    }

    private func takeIdle() -> Session? {
        self.guarded.withLock { guarded in
            guard let session = guarded.state.takeIdle() else { return nil }
            guarded.taken[ObjectIdentifier(session)] = session
            return session
        }
    }

    private func forget(_ session: Session) {
        self.guarded.withLock { _ = $0.taken.removeValue(forKey: ObjectIdentifier(session)) }
    }

    /// Makes a connection, trying again and again while the server is merely out of reach.
    private func connect(until deadline: ContinuousClock.Instant) async throws(PostgresError) -> Session {
        var backoff = Backoff(most: .seconds(2))
        while true {
            let number = self.guarded.withLock { guarded in
                guarded.counts.connects += 1
                return guarded.counts.connects
            }
            let session = try Session(self.configuration, name: "pg-\(number)")
            self.guarded.withLock { $0.taken[ObjectIdentifier(session)] = session }
            do throws(ConnectFailure) {
                try await session.openInterruptibly(until: deadline)
                return session
            } catch {
                self.guarded.withLock { guarded in
                    guarded.taken.removeValue(forKey: ObjectIdentifier(session))
                    guarded.counts.connects -= 1
                    guarded.counts.failedConnects += 1
                }
                if Task.isCancelled { throw .cancelled }
                if session.abandoned.load(ordering: .acquiring) { throw .poolClosed }
                let pause = backoff.next()
                guard !error.isFinal, ContinuousClock.now + pause < deadline else {
                    throw .connectFailed(reason: error.reason)
                }
                do { try await Task.sleep(for: pause) } catch { throw .cancelled }
            }
        }
    }
}

extension Session {
    /// ``open(until:)``, given up when the task is cancelled.
    nonisolated fileprivate func openInterruptibly(
        until deadline: ContinuousClock.Instant
    ) async throws(ConnectFailure) {
        let outcome = await withTaskCancellationHandler {
            await self.attemptToOpen(until: deadline)
        } onCancel: {
            self.wakeup.signal()
        }
        try outcome.get()
    }

    private func attemptToOpen(until deadline: ContinuousClock.Instant) -> Result<Void, ConnectFailure> {
        Result { () throws(ConnectFailure) in try self.open(until: deadline) }
    }
}
