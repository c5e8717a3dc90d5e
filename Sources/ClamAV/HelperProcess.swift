import CLinux
import Glibc
import Synchronization

/// A child process, killed and reaped at the latest with the last reference.
///
/// Until it is reaped its number is its own, so a signal never meets a stranger.
@safe final class HelperProcess: Sendable {
    private let running: Mutex<pid_t?>

    /// Starts a program with an empty environment (ours holds secrets) in a process group of its own, so that a
    /// terminal's interrupt reaches us and not it.
    ///
    /// - Parameters:
    ///   - socket: becomes descriptor 3 there.
    init(_ program: String, arguments: [String], socket: Int32) throws(ScanError) {
        guard unsafe access(program, X_OK) == 0 else { throw .helperMissing(path: program) }
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var signals = sigset_t()
        var pid = pid_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, socket, 3)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)

        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        let outcome = unsafe posix_spawn(&pid, program, &actions, &attributes, &words, &environment)
        guard outcome == 0 else {
            throw .helperFailed(reason: "\(program): \(unsafe String(cString: strerror(outcome)))")
        }
        self.running = Mutex(pid)
    }

    deinit { _ = self.end(grace: .zero) }

    /// Waits for it to end by itself for a while, then kills it.
    ///
    /// Blocks; a second call does nothing.
    ///
    /// - Returns: its wait status, or nil if somebody ended it before.
    func end(grace: Duration) -> Int32? {
        self.running.withLock { running in
            guard let pid = running else { return nil }
            running = nil
            var status: Int32 = 0
            let end = ContinuousClock.now + grace
            while ContinuousClock.now < end {
                let reaped = unsafe waitpid(pid, &status, WNOHANG)
                if reaped == pid { return status }
                if reaped < 0, errno != EINTR { return nil }
                usleep(2_000)
            }
            _ = Glibc.kill(pid, SIGKILL)
            while unsafe waitpid(pid, &status, 0) < 0 {
                guard errno == EINTR else { return nil }
            }
            return status
        }
    }

    /// Kills it and leaves the reaping to ``end(grace:)``.
    func kill() {
        self.running.withLock { running in
            if let pid = running { _ = Glibc.kill(pid, SIGKILL) }
        }
    }

    /// Nil once it has been reaped.
    var identifier: pid_t? { self.running.withLock { $0 } }

    /// The signal in a wait status, if that is what ended the process.
    static func signal(in status: Int32) -> Int32? {
        let number = status & 0x7f
        return number == 0 || number == 0x7f ? nil : number
    }
}
