import CLibPQ
import Glibc
import Synchronization

/// Why one attempt to connect failed.
struct ConnectFailure: Error {
    let reason: String
    /// Whether the next attempt would fail alike: a wrong password, a database that does not exist.
    let isFinal: Bool
}

extension Session {
    /// Connects and sets the session up.
    ///
    /// - Parameter deadline: for the whole of it, but for the resolver, which has limits of its own.
    func open(until deadline: ContinuousClock.Instant) throws(ConnectFailure) {
        guard let handle = unsafe self.startConnecting() else {
            throw ConnectFailure(reason: "out of memory", isFinal: false)
        }
        unsafe self.adopt(handle)
        do throws(ConnectFailure) {
            unsafe try self.finishConnecting(handle, until: deadline)
            try self.setUp()
        } catch {
            self.close()
            throw error
        }
        self.publish()
    }

    private func startConnecting() -> OpaquePointer? {
        let milliseconds = Int(self.configuration.connectTimeout / .milliseconds(1))
        let parameters: [(String, String)] = [
            ("keepalives", "1"), ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            // Holds for the handshake too, and so moves on to the next host where one swallows packets.
            ("tcp_user_timeout", "\(milliseconds)"),
            ("fallback_application_name", self.configuration.applicationName),
            // What stands before it is a default, what stands after it is not.
            ("dbname", self.configuration.url),
            ("client_encoding", "UTF8"),
        ]
        return unsafe withCStrings(parameters.map(\.0)) { keywords in
            unsafe withCStrings(parameters.map(\.1)) { values in
                unsafe PQconnectStartParams(keywords, values, 1)
            }
        }
    }

    private func finishConnecting(
        _ handle: OpaquePointer, until deadline: ContinuousClock.Instant
    ) throws(ConnectFailure) {
        _ = unsafe PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        _ = unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard unsafe PQstatus(handle) != CONNECTION_BAD else { throw unsafe self.failure(of: handle) }
        var events = POLLOUT
        while true {
            let ready = unsafe self.wakeup.wait(socket: (PQsocket(handle), events), until: deadline)
            if self.abandoned.load(ordering: .acquiring) || Task.isCancelled {
                throw ConnectFailure(reason: "given up", isFinal: true)
            }
            guard ready.socket else {
                guard ContinuousClock.now < deadline else {
                    throw ConnectFailure(reason: "the server did not answer in time", isFinal: false)
                }
                continue
            }
            switch unsafe PQconnectPoll(handle) {
            case PGRES_POLLING_READING: events = POLLIN
            case PGRES_POLLING_WRITING: events = POLLOUT
            case PGRES_POLLING_OK:
                _ = unsafe PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
                guard unsafe PQsetnonblocking(handle, 1) == 0 else { throw unsafe self.failure(of: handle) }
                return
            default: throw unsafe self.failure(of: handle)
            }
        }
    }

    /// One round trip; not behind a transaction pooler, where the next transaction may get another session.
    private func setUp() throws(ConnectFailure) {
        guard self.configuration.preparedStatements else { return }
        var settings: [(String, String)] = [
            ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("IntervalStyle", "postgres"),
            ("lock_timeout", self.configuration.lockTimeout.milliseconds),
            // Behind our own limit, for the case that our request to cancel gets lost.
            ("statement_timeout", (self.configuration.statementTimeout + .seconds(5)).milliseconds),
            ("idle_in_transaction_session_timeout", self.configuration.idleTransactionTimeout.milliseconds),
        ]
        if let handle = unsafe self.handle, unsafe PQserverVersion(handle) >= 140_000 {
            // A statement whose client has died is not worth finishing.
            settings.append(("client_connection_check_interval", "10s"))
        }
        settings += self.configuration.sessionSettings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let calls = settings.map { name, value in "set_config('\(name)', '\(value)', false)" }
        do throws(PostgresError) {
            let patience = Patience(limit: self.configuration.connectTimeout)
            _ = try self.runScript("SELECT \(calls.joined(separator: ", "))", patience)
        } catch {
            throw ConnectFailure(reason: "\(error)", isFinal: false)
        }
    }

    /// The message of a failed attempt; its SQLSTATE is to be had only from the verbose form, `FATAL:  28P01: …`.
    private func failure(of handle: OpaquePointer) -> ConnectFailure {
        let message = unsafe String(cString: PQerrorMessage(handle))
        let lines = message.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:  ") }
        let codes = lines.compactMap { line -> SQLState? in
            guard let start = line.firstRange(of: ":  ")?.upperBound else { return nil }
            let rest = line[start...]
            guard let end = rest.firstIndex(of: ":"), rest.distance(from: start, to: end) == 5 else { return nil }
            return SQLState(rawValue: String(rest[..<end]))
        }
        let isFinal = codes.contains { $0.category == "28" || $0 == .undefinedDatabase || $0 == .insufficientPrivilege }
        return ConnectFailure(reason: lines.joined(separator: "; "), isFinal: isFinal || self.isMalformed)
    }

    /// Whether the URL cannot be understood at all.
    private var isMalformed: Bool {
        guard let options = unsafe PQconninfoParse(self.configuration.url, nil) else { return true }
        unsafe PQconninfoFree(options)
        return false
    }
}

extension Duration {
    /// For a setting in milliseconds, where 0 would mean without limit.
    var milliseconds: String { "\(max(1, Int64(self / .milliseconds(1))))" }
}

/// Lends a null-terminated array of C strings.
private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
    var pointers = unsafe copies.map { copy in unsafe UnsafePointer<CChar>(copy) }
    unsafe pointers.append(nil)
    return unsafe pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the array has at least its end") }
        return unsafe body(base)
    }
}
