import CLibPQ
import Glibc

extension Session {
    func beginCopy(_ sql: String, lease: Int) throws(PostgresError) {
        let handle = unsafe try self.handle(forLease: lease)
        if Task.isCancelled { throw .cancelled }
        defer { self.publish() }
        try self.check(unsafe PQsendQuery(handle, sql))
        var interruption = Interruption()
        let patience = Patience(limit: self.configuration.statementTimeout)
        guard let result = try self.nextResult(patience, interruption: &interruption) else { throw self.lost() }
        guard result.status == PGRES_COPY_IN else {
            while try self.nextResult(patience, interruption: &interruption) != nil {}
            try self.settle(interruption)
            if let fault = result.fault { throw self.error(for: fault, interruption.cause) }
            throw .unexpected("COPY did not ask for rows")
        }
        try self.settle(interruption)
        self.isCopying = true
    }

    /// Hands rows over, and waits until all but what fits into a socket's buffer is sent.
    func sendCopyData(_ rows: [UInt8]) throws(PostgresError) {
        guard self.isCopying else { throw .unexpected("there is no COPY to send rows to") }
        let handle = unsafe try self.liveHandle()
        let outcome = unsafe rows.withUnsafeBytes { bytes in
            unsafe PQputCopyData(
                handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard outcome == 1 else { throw self.lost() }
        let deadline = ContinuousClock.now + self.configuration.statementTimeout
        while true {
            switch unsafe PQflush(handle) {
            case 0: return
            case 1: break
            // The server has most likely ended the COPY with an error, which the end brings to light.
            default: return
            }
            if Task.isCancelled { throw .cancelled }
            guard ContinuousClock.now < deadline else {
                throw self.abandon(.timedOut(after: self.configuration.statementTimeout))
            }
            let ready = unsafe self.wakeup.wait(socket: (PQsocket(handle), POLLIN | POLLOUT), until: deadline)
            if ready.socket, unsafe PQconsumeInput(handle) != 1 { throw self.lost() }
        }
    }

    /// - Parameter failure: why the rows end early, which undoes the COPY; nil for success.
    /// - Returns: rows copied.
    func endCopy(failure: String?) throws(PostgresError) -> Int {
        guard self.isCopying else { throw .unexpected("there is no COPY to end") }
        self.isCopying = false
        defer { self.publish() }
        let handle = unsafe try self.liveHandle()
        guard unsafe PQputCopyEnd(handle, failure) == 1 else { throw self.lost() }
        let patience = Patience(
            limit: self.configuration.statementTimeout, heedsCancellation: failure == nil)
        return try self.finish(patience).affectedRows
    }
}
