import Synchronization

/// The right to use a session until it goes back to the pool.
struct Link: Sendable {
    let session: Session
    let lease: Int

    init(_ session: Session) {
        self.session = session
        self.lease = session.lease.load(ordering: .acquiring)
    }

    func run(_ sql: SQL) async throws(PostgresError) -> ServerResult {
        try await self.interruptibly { session throws(PostgresError) in try session.run(sql, lease: self.lease) }
    }

    /// Runs a statement that is a transaction of its own; the scope costs no round trip.
    func run(_ sql: SQL, in scope: RowScope?) async throws(PostgresError) -> ServerResult {
        guard let scope else { return try await self.run(sql) }
        // What is sent up to one synchronisation point is one transaction, so the scope ends with it.
        let results = try await self.interruptibly { session throws(PostgresError) in
            try session.pipeline([scope.statement, sql], lease: self.lease)
        }
        guard let result = results.last else { throw .unexpected("a pipeline without an answer") }
        return result
    }

    func rows(_ sql: SQL) async throws(PostgresError) -> [Row] { try await self.run(sql).rows }

    func begin(_ isolation: Isolation) async throws(PostgresError) {
        try await self.interruptibly { session throws(PostgresError) in
            try session.begin(isolation, lease: self.lease)
        }
    }

    func commit() async throws(PostgresError) { try await self.session.commit(lease: self.lease) }

    func rollBack() async { await self.session.rollBack() }

    func run(script: String) async throws(PostgresError) {
        try await self.interruptibly { session throws(PostgresError) in
            try session.run(script: script, lease: self.lease)
        }
    }

    func undoSavepoint(_ name: String) async throws(PostgresError) {
        try await self.session.undoSavepoint(name, lease: self.lease)
    }

    func pipeline(_ statements: [SQL]) async throws(PostgresError) -> [[Row]] {
        let results = try await self.interruptibly { session throws(PostgresError) in
            try session.pipeline(statements, lease: self.lease)
        }
        return results.map(\.rows)
    }

    func pipeline(groups: [[SQL]], timesCommit: Bool) async throws(PostgresError) -> PipelineAnswer {
        let flight = try await self.interruptibly { session throws(PostgresError) in
            try session.pipeline(groups: groups, timesCommit: timesCommit, lease: self.lease)
        }
        return PipelineAnswer(groups: flight.groups.map { $0.map { $0.map(\.rows) } }, commit: flight.commit)
    }

    func copy(
        into table: SQL, columns: [String], rows: some Sequence<[any SQLEncodable]>
    ) async throws(PostgresError) -> Int {
        let names = columns.map(SQL.quoted).joined(separator: ", ")
        try await self.interruptibly { session throws(PostgresError) in
            try session.beginCopy("COPY \(table.text) (\(names)) FROM STDIN", lease: self.lease)
        }
        var buffer = CopyBuffer()
        do throws(PostgresError) {
            for row in rows {
                guard row.count == columns.count else {
                    throw .unexpected("a row of \(row.count) for \(columns.count) columns")
                }
                try buffer.append(row)
                if buffer.bytes.count >= 64 << 10 { try await self.send(&buffer) }
            }
            try await self.send(&buffer)
        } catch {
            // The server answers with an error of its own, which says no more than this one.
            _ = try? await self.session.endCopy(failure: "\(error)")
            throw error
        }
        return try await self.interruptibly { session throws(PostgresError) in try session.endCopy(failure: nil) }
    }

    /// - Parameter next: writes one or more rows; false when there are no more.
    func copy(
        into table: SQL, columns: [String], next: (inout CopyWriter) throws -> Bool
    ) async throws -> Int {
        let names = columns.map(SQL.quoted).joined(separator: ", ")
        try await self.interruptibly { session throws(PostgresError) in
            try session.beginCopy("COPY \(table.text) (\(names)) FROM STDIN", lease: self.lease)
        }
        var writer = CopyWriter()
        do {
            while try next(&writer) {
                if writer.pending >= 64 << 10 { try await self.send(&writer.buffer) }
            }
            try await self.send(&writer.buffer)
        } catch {
            _ = try? await self.session.endCopy(failure: "\(error)")
            throw error
        }
        return try await self.interruptibly { session throws(PostgresError) in try session.endCopy(failure: nil) }
    }

    private func send(_ buffer: inout CopyBuffer) async throws(PostgresError) {
        let bytes = buffer.bytes
        try await self.interruptibly { session throws(PostgresError) in try session.sendCopyData(bytes) }
        buffer.removeAll()
    }

    /// Runs something on the session's thread, and wakes that thread when the task is cancelled meanwhile.
    private func interruptibly<Value: Sendable>(
        _ body: @Sendable (isolated Session) throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let outcome = await withTaskCancellationHandler {
            await self.session.attempt(body)
        } onCancel: {
            self.session.wakeup.signal()
        }
        return try outcome.get()
    }
}

extension Session {
    fileprivate func attempt<Value: Sendable>(
        _ body: @Sendable (isolated Session) throws(PostgresError) -> Value
    ) -> Result<Value, PostgresError> {
        Result { () throws(PostgresError) in try body(self) }
    }
}

extension ServerResult {
    var rows: [Row] { (0..<self.rowCount).map { Row(result: self, index: $0) } }
}
