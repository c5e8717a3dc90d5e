import CLibPQ

extension Session {
    /// Sends statements back to back and then collects their answers: one round trip for all.
    ///
    /// - Throws: the first error; the statements after it were not run, and outside a transaction those before it
    ///   are undone. The connection stays usable.
    func pipeline(_ statements: [SQL], lease: Int) throws(PostgresError) -> [ServerResult] {
        guard !statements.isEmpty else { return [] }
        let flight = try self.pipeline(groups: [statements], timesCommit: false, lease: lease)
        return try flight.groups[0].get()
    }

    /// What came of several groups of statements.
    struct Flight: Sendable {
        var groups: [Result<[ServerResult], PostgresError>] = []
        /// From the last group's answers to its end; nil when it was not asked for, or the group failed.
        var commit: Duration?
    }

    /// Sends groups of statements back to back, each of which is a transaction of its own outside of one, and then collects
    /// their answers: one round trip for all.
    ///
    /// - Parameter timesCommit: asks for the last answers before the commit, so that what follows them is its time.
    /// - Throws: when the connection is lost or given up; what came of the groups is not known then.
    func pipeline(groups: [[SQL]], timesCommit: Bool, lease: Int) throws(PostgresError) -> Flight {
        let handle = unsafe try self.handle(forLease: lease)
        if Task.isCancelled { throw .cancelled }
        // Found out later, it would leave a pipeline that is half sent.
        for sql in groups.joined() { try ParameterBuffer.check(sql.parameters) }
        let patience = Patience(limit: self.configuration.statementTimeout)
        try self.deallocateUnused(patience)
        defer { self.publish() }
        try self.check(unsafe PQenterPipelineMode(handle))
        do throws(PostgresError) {
            var plans: [[Expected]] = []
            for (index, statements) in groups.enumerated() {
                plans.append(try self.sendAll(statements))
                if timesCommit, index == groups.count - 1 { try self.check(unsafe PQsendFlushRequest(handle)) }
                try self.check(unsafe PQpipelineSync(handle))
            }
            var flight = Flight()
            var interruption = Interruption()
            for plan in plans {
                let (outcome, commit) = try self.collect(plan, patience, &interruption)
                flight.groups.append(outcome)
                flight.commit = timesCommit ? commit : nil
            }
            try self.settle(interruption)
            if let cause = interruption.cause, flight.groups.contains(where: { $0.isFailure }) { throw cause }
            try self.check(unsafe PQexitPipelineMode(handle))
            return flight
        } catch {
            // Anything still to come would be taken for the answer to the next statement.
            if let handle = unsafe self.handle, unsafe PQexitPipelineMode(handle) != 1 { self.close() }
            throw error
        }
    }

    /// What each answer of a pipeline belongs to, in order.
    private enum Expected {
        case preparation(StatementCache.Key)
        case statement(StatementCache.Key)
    }

    private func sendAll(_ statements: [SQL]) throws(PostgresError) -> [Expected] {
        var plan: [Expected] = []
        for sql in statements {
            let key = StatementCache.Key(text: sql.text, types: sql.parameters.map(\.oid))
            let use = self.statements.use(key)
            switch use {
            case .once:
                try self.sendQuery(key.text, sql.parameters)
            case .prepare(let name):
                unsafe try self.check(
                    PQsendPrepare(try self.liveHandle(), name, key.text, Int32(key.types.count), key.types))
                // Believed at once, for its next use in this pipeline; taken back if it fails.
                self.statements.prepared(key, name: name)
                plan.append(.preparation(key))
                try self.sendPrepared(name, sql.parameters)
            case .execute(let name):
                try self.sendPrepared(name, sql.parameters)
            }
            plan.append(.statement(key))
        }
        return plan
    }

    /// Reads, for each statement, its result and the nil after it, and at last the synchronisation point.
    private func collect(
        _ plan: [Expected], _ patience: Patience, _ interruption: inout Interruption
    ) throws(PostgresError) -> (outcome: Result<[ServerResult], PostgresError>, commit: Duration?) {
        var results: [ServerResult] = []
        results.reserveCapacity(plan.count)
        var fault: ServerFault?
        for expected in plan {
            var last: ServerResult?
            while let result = try self.nextResult(patience, interruption: &interruption) { last = result }
            guard let last else { throw self.lost() }
            fault = fault ?? last.fault
            let failed = last.fault != nil || last.status == PGRES_PIPELINE_ABORTED
            switch expected {
            case .preparation(let key):
                if failed { self.statements.forgetUnprepared(key) }
            case .statement(let key):
                if let stale = last.fault, stale.isStalePlan { self.statements.forget(key) }
                if !failed { results.append(last) }
            }
        }
        let answered = ContinuousClock.now
        var failedCommit: ServerFault?
        while let result = try self.nextResult(patience, interruption: &interruption) {
            if result.status == PGRES_PIPELINE_SYNC { break }
            // What was put off to the commit and failed there.
            failedCommit = failedCommit ?? result.fault
        }
        if let fault = fault ?? failedCommit { return (.failure(self.error(for: fault, interruption.cause)), nil) }
        return (.success(results), ContinuousClock.now - answered)
    }
}

extension Result {
    fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
