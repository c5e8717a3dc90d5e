/// Who may have a connection, in the order of asking, and which connections are free.
///
/// Permits, as many as connections are allowed, go to tasks first come, first served. Who has a permit takes the free
/// connection that was used last, or makes one; so no more than that are ever open. Pure: ``ConnectionPool`` holds the
/// lock and does what is decided here.
struct PoolState<Member, Waiter> {
    private struct Idle {
        let member: Member
        let since: ContinuousClock.Instant
    }

    let maximum: Int
    private(set) var isClosed = false
    private(set) var permitsInUse = 0
    private var idle: [Idle] = []
    private var line: [(ticket: Int, waiter: Waiter)] = []
    private var lastTicket = 0

    init(maximum: Int) { self.maximum = maximum }

    var idleCount: Int { self.idle.count }
    var waitingCount: Int { self.line.count }

    enum Answer: Equatable {
        case granted
        case wait
        case closed
    }

    mutating func ask() -> Answer {
        if self.isClosed { return .closed }
        guard self.line.isEmpty, self.permitsInUse < self.maximum else { return .wait }
        self.permitsInUse += 1
        return .granted
    }

    /// A number to ``enqueue(_:ticket:)`` and ``giveUp(_:)`` with.
    mutating func makeTicket() -> Int {
        self.lastTicket += 1
        return self.lastTicket
    }

    /// Stands in line; comes under the same lock as the ``ask()`` that said so.
    mutating func enqueue(_ waiter: Waiter, ticket: Int) { self.line.append((ticket, waiter)) }

    /// - Returns: the waiter, if it still waited.
    mutating func giveUp(_ ticket: Int) -> Waiter? {
        guard let place = self.line.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return self.line.remove(at: place).waiter
    }

    /// The holder of a permit takes the free connection that was used last.
    mutating func takeIdle() -> Member? { self.idle.popLast()?.member }

    /// A connection is free again; comes before ``returnPermit()``.
    ///
    /// - Returns: false when it must be closed instead.
    mutating func putIdle(_ member: Member, now: ContinuousClock.Instant) -> Bool {
        if self.isClosed { return false }
        self.idle.append(Idle(member: member, since: now))
        return true
    }

    /// Takes out the connection that was free for the longest, if that is too long.
    mutating func takeStale(before: ContinuousClock.Instant) -> Member? {
        guard let oldest = self.idle.first, oldest.since < before else { return nil }
        return self.idle.removeFirst().member
    }

    /// - Returns: the waiter who has the permit now, if one waits.
    mutating func returnPermit() -> Waiter? {
        if !self.line.isEmpty { return self.line.removeFirst().waiter }
        self.permitsInUse -= 1
        return nil
    }

    /// - Returns: all who wait, and all that is free.
    mutating func close() -> (waiters: [Waiter], members: [Member]) {
        self.isClosed = true
        defer {
            self.line.removeAll()
            self.idle.removeAll()
        }
        return (self.line.map(\.waiter), self.idle.map(\.member))
    }
}
