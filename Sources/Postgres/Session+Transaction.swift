import CLibPQ

extension Session {
    func begin(_ isolation: Isolation, lease: Int) throws(PostgresError) {
        _ = unsafe try self.handle(forLease: lease)
        self.transactionFault = nil
        if self.configuration.preparedStatements {
            _ = try self.run(isolation.begin, lease: lease)
            return
        }
        // Behind a transaction pooler the limits cannot be those of the session.
        defer { self.publish() }
        if Task.isCancelled { throw .cancelled }
        let script = """
            \(isolation.begin.text);
            SET LOCAL lock_timeout = \(self.configuration.lockTimeout.milliseconds);
            SET LOCAL statement_timeout = \((self.configuration.statementTimeout + .seconds(5)).milliseconds);
            """
        _ = try self.runScript(script, Patience(limit: self.configuration.statementTimeout))
    }

    /// - Throws: ``PostgresError/connectionLost(reason:)`` when no answer came: nobody knows what became of it.
    func commit(lease: Int) throws(PostgresError) {
        let result: ServerResult
        do throws(PostgresError) {
            result = try self.run("COMMIT", lease: lease, heedsCancellation: false)
        } catch .timedOut(let limit) {
            throw self.abandon(.connectionLost(reason: "no answer to COMMIT within \(limit)"))
        }
        // The server rolls back, and says so in no other way, when a statement failed and its error was swallowed.
        guard result.commandTag == "COMMIT" else {
            if let fault = self.transactionFault { throw .server(fault) }
            throw .unexpected("COMMIT became \(result.commandTag)")
        }
    }

    /// Ends the transaction whatever state it is in; a connection that cannot is closed.
    func rollBack() {
        guard let handle = unsafe self.handle else { return }
        defer { self.publish() }
        if self.isCopying { return self.close() }
        guard unsafe PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
        do throws(PostgresError) {
            _ = try self.runScript("ROLLBACK", Patience(limit: .seconds(5), heedsCancellation: false))
        } catch {
            self.close()
        }
    }

    /// Also runs in a cancelled task, whose transaction somebody may still want to end in order.
    func undoSavepoint(_ name: String, lease: Int) throws(PostgresError) {
        _ = unsafe try self.handle(forLease: lease)
        defer { self.publish() }
        let patience = Patience(limit: self.configuration.statementTimeout, heedsCancellation: false)
        _ = try self.runScript("ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)", patience)
        self.transactionFault = nil
    }
}
