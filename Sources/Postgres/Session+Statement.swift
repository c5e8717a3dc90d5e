import CLibPQ

extension Session {
    /// Runs one statement to its end.
    func run(_ sql: SQL, lease: Int, heedsCancellation: Bool = true) throws(PostgresError) -> ServerResult {
        _ = unsafe try self.handle(forLease: lease)
        let patience = Patience(
            limit: self.configuration.statementTimeout, heedsCancellation: heedsCancellation)
        if heedsCancellation, Task.isCancelled { throw .cancelled }
        defer { self.publish() }
        do throws(PostgresError) {
            return try self.runOnce(sql, patience)
        } catch .server(let fault) where fault.isStalePlan {
            // Outside a transaction the first attempt has left no trace.
            guard unsafe PQtransactionStatus(try self.liveHandle()) == PQTRANS_IDLE else { throw .server(fault) }
            return try self.runOnce(sql, patience)
        }
    }

    private func runOnce(_ sql: SQL, _ patience: Patience) throws(PostgresError) -> ServerResult {
        let key = StatementCache.Key(text: sql.text, types: sql.parameters.map(\.oid))
        try self.deallocateUnused(patience)
        switch self.statements.use(key) {
        case .once:
            try self.sendQuery(key.text, sql.parameters)
        case .prepare(let name):
            unsafe try self.check(
                PQsendPrepare(try self.liveHandle(), name, key.text, Int32(key.types.count), key.types))
            _ = try self.finish(patience)
            self.statements.prepared(key, name: name)
            try self.sendPrepared(name, sql.parameters)
        case .execute(let name):
            try self.sendPrepared(name, sql.parameters)
        }
        do throws(PostgresError) {
            return try self.finish(patience)
        } catch .server(let fault) where fault.isStalePlan {
            if fault.sqlState == .undefinedPreparedStatement {
                self.statements.forgetAll()
            } else {
                self.statements.forget(key)
            }
            throw .server(fault)
        }
    }

    func run(script: String, lease: Int) throws(PostgresError) {
        _ = unsafe try self.handle(forLease: lease)
        if Task.isCancelled { throw .cancelled }
        defer { self.publish() }
        _ = try self.runScript(script, Patience(limit: self.configuration.statementTimeout))
    }

    /// Runs several statements without parameters, separated by semicolons, in one round trip.
    ///
    /// - Returns: the last one's result.
    func runScript(_ text: String, _ patience: Patience) throws(PostgresError) -> ServerResult {
        unsafe try self.check(PQsendQuery(try self.liveHandle(), text))
        return try self.finish(patience)
    }

    func sendQuery(_ text: String, _ parameters: [SQLValue]) throws(PostgresError) {
        let handle = unsafe try self.liveHandle()
        let outcome = unsafe try self.parameters.lend(parameters) { lent in
            unsafe PQsendQueryParams(
                handle, text, lent.count, lent.types, lent.values, lent.lengths, lent.formats, 0)
        }
        try self.check(outcome)
    }

    func sendPrepared(_ name: String, _ parameters: [SQLValue]) throws(PostgresError) {
        let handle = unsafe try self.liveHandle()
        let outcome = unsafe try self.parameters.lend(parameters) { lent in
            unsafe PQsendQueryPrepared(handle, name, lent.count, lent.values, lent.lengths, lent.formats, 0)
        }
        try self.check(outcome)
    }

    /// Most of libpq's calls answer 1 for success.
    func check(_ outcome: Int32) throws(PostgresError) {
        guard outcome == 1 else {
            let handle = unsafe try self.liveHandle()
            throw .unexpected(unsafe String(cString: PQerrorMessage(handle)).trimmed)
        }
    }

    /// Collects the results of what was sent.
    ///
    /// - Returns: the last result.
    /// - Throws: the first error among them.
    func finish(_ patience: Patience) throws(PostgresError) -> ServerResult {
        var interruption = Interruption()
        var last: ServerResult?
        var fault: ServerFault?
        do throws(PostgresError) {
            while let result = try self.nextResult(patience, interruption: &interruption) {
                switch result.status {
                case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    throw self.abandon(.unexpected("COPY is run by copy(into:columns:rows:)"))
                default: break
                }
                fault = fault ?? result.fault
                last = result
            }
        } catch .connectionLost(let reason) {
            // What the server said before it hung up tells more.
            throw .connectionLost(reason: fault?.description ?? reason)
        }
        try self.settle(interruption)
        if let fault { throw self.error(for: fault, interruption.cause) }
        guard let last else { throw self.lost() }
        return last
    }

    /// What an error of the server means to the caller.
    func error(for fault: ServerFault, _ interruption: PostgresError?) -> PostgresError {
        guard let handle = unsafe self.handle, unsafe PQstatus(handle) == CONNECTION_OK else {
            return self.abandon(.connectionLost(reason: fault.description))
        }
        if let interruption, fault.sqlState == .queryCanceled { return interruption }
        if self.transactionFault == nil { self.transactionFault = fault }
        // A demoted server: the next connection looks for the new primary.
        if fault.sqlState == .readOnlyTransaction, unsafe PQtransactionStatus(handle) == PQTRANS_IDLE { self.close() }
        return .server(fault)
    }

    /// Frees what the server still holds and nobody uses; not in a transaction, which a failure would end.
    func deallocateUnused(_ patience: Patience) throws(PostgresError) {
        while unsafe PQtransactionStatus(try self.liveHandle()) == PQTRANS_IDLE,
            let name = self.statements.takeUnused()
        {
            do throws(PostgresError) {
                _ = try self.runScript("DEALLOCATE \(name)", patience)
            } catch .server {
                // Somebody freed it by hand.
                continue
            }
        }
    }
}
