/// Why a private cluster could not be started.
public enum EmbeddedPostgresError: Error, Equatable, Sendable {
    /// PostgreSQL is not installed; `package` is what to install (Debian's name).
    case binariesMissing(searched: [String], package: String)

    /// `user`, as whom the server runs, cannot get at `path`. Move the directory, or let the user in (`chmod o+x`).
    case directoryNotAccessible(path: String, user: String)

    /// `initdb` failed; what it said.
    case initFailed(output: String)

    /// The server ended, or was not ready in time; the end of its log.
    case startFailed(logTail: String)

    /// Another living process, of this number, runs the cluster.
    case alreadyRunning(pid: Int32)
}
