import Synchronization

/// A connection that a task keeps for all its statements, so that they run where the task does.
struct PinnedSession: Sendable {
    let database: ObjectIdentifier
    let link: Link

    @TaskLocal static var current: PinnedSession?

    /// The link of this task to a database; nil when it has none, or has outlived it.
    static func link(to database: Database) -> Link? {
        guard let pinned = self.current, pinned.database == ObjectIdentifier(database),
            pinned.link.session.lease.load(ordering: .acquiring) == pinned.link.lease
        else { return nil }
        return pinned.link
    }
}

extension Database {
    /// Runs the body on the thread of one connection, which all its statements outside of transactions use.
    ///
    /// A statement then costs no change of threads, which is most of what a small one costs. For bodies that ask a few things
    /// and wait for nothing else: the connection is nobody else's meanwhile. A transaction inside takes another connection,
    /// and two that wait for each other's would wait until ``DatabaseConfiguration/acquireTimeout``: a body that has one does
    /// not belong here.
    ///
    /// - Throws: what the body throws, and ``PostgresError`` when there is no connection.
    public func onOneConnection<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        guard PinnedSession.link(to: self) == nil else { return try await body() }
        return try await self.lendConnection { connection in
            let pin = PinnedSession(database: ObjectIdentifier(self), link: connection.link)
            return try await PinnedSession.$current.withValue(pin) { try await body() }
        }
    }
}
