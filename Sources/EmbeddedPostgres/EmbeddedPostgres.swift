import CLinux
import Glibc
import Synchronization
import Threads

/// A PostgreSQL cluster of our own, made, run and stopped by this process; its socket is closed to others.
///
/// The server is the child of one thread, which lives as long as this does. When the process is killed, the kernel
/// tells the server to shut down; when that fails, the next ``start()`` finds it and stops it first. Whatever a crash
/// left behind, PostgreSQL's own recovery repairs.
public actor EmbeddedPostgres {
    private let directory: ClusterDirectory
    private let settings: EmbeddedPostgresSettings
    private nonisolated let executor = ThreadExecutor(name: "postgres-keeper")
    /// The running child, 0 for none.
    private nonisolated let child = Atomic<pid_t>(0)
    private var lock: DirectoryLock?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

    /// - Parameter directory: absolute; belongs to the cluster alone. Made by ``start()`` if it is missing.
    public init(directory: String, settings: EmbeddedPostgresSettings) {
        precondition(directory.hasPrefix("/"), "the server has another working directory")
        self.directory = ClusterDirectory(path: directory)
        self.settings = settings
    }

    /// Whether the server still runs; false also after it died by itself.
    public var isRunning: Bool {
        let child = self.child.load(ordering: .acquiring)
        guard child != 0, Child.poll(child) != nil else { return child != 0 }
        self.child.store(0, ordering: .releasing)
        return false
    }

    /// Makes the cluster if there is none, starts the server, and waits until it takes connections.
    ///
    /// Does nothing when it runs already; started again, it recovers from whatever ended it.
    ///
    /// - Returns: the URL of the database `slipway`, for its owner.
    public func start() throws(EmbeddedPostgresError) -> String {
        if self.isRunning { return self.directory.url }
        let user = ServerUser.current
        try self.directory.prepare(for: user)
        if self.lock == nil { self.lock = try DirectoryLock(self.directory.lock) }
        do throws(EmbeddedPostgresError) {
            let binaries = try Binaries.find(major: self.directory.major, in: self.settings.binaryDirectories)
            self.removeRemains()
            if self.directory.major == nil { try self.makeCluster(binaries, user) }
            try self.startServer(binaries, user)
        } catch {
            self.end()
            self.lock = nil
            throw error
        }
        return self.directory.url
    }

    /// Shuts the server down: open transactions are rolled back, everything is written out.
    ///
    /// Takes up to 30 s; a server that does not obey is killed, which costs a recovery at the next start.
    public func stop() {
        self.end()
        self.lock = nil
    }

    /// Ends the server at once and blocks until it has gone: for a handler at exit, where nothing can be awaited.
    ///
    /// The next start recovers what was committed.
    public nonisolated func stopAtExit() {
        let child = self.child.exchange(0, ordering: .acquiringAndReleasing)
        if child != 0 {
            Self.stop([(SIGQUIT, .seconds(5)), (SIGKILL, .seconds(5))], child) { Child.poll(child) != nil }
        }
    }

    private func end() {
        let child = self.child.exchange(0, ordering: .acquiringAndReleasing)
        if child != 0 { Self.stop(Self.politely, child) { Child.poll(child) != nil } }
        if !self.directory.keepsSocket {
            Files.removeTree(self.directory.socketDirectory)
        }
    }

    /// Fast shutdown, immediate shutdown, and what cannot be refused (PostgreSQL manual, section 19.5).
    private static let politely: [(signal: Int32, patience: Duration)] = [
        (SIGINT, .seconds(20)), (SIGQUIT, .seconds(5)), (SIGKILL, .seconds(5)),
    ]

    private static func stop(
        _ measures: [(signal: Int32, patience: Duration)], _ process: pid_t, until hasEnded: () -> Bool
    ) {
        for measure in measures {
            kill(process, measure.signal)
            let deadline = ContinuousClock.now + measure.patience
            while ContinuousClock.now < deadline {
                if hasEnded() { return }
                usleep(5_000)
            }
        }
    }
}

extension EmbeddedPostgres {
    /// Deals with a server that outlived its process, and with the file of one that did not.
    private func removeRemains() {
        if let orphan = self.directory.runningServer {
            // Not adopted: it would outlive us, too, and nobody knows what settings it runs with.
            Self.stop(Self.politely, orphan) { self.directory.runningServer != orphan }
        }
        // PostgreSQL would take any process of its user that has the number by now for the server.
        if self.directory.runningServer == nil { _ = unsafe unlink(self.directory.processFile) }
    }

    private func makeCluster(_ binaries: Binaries, _ user: ServerUser) throws(EmbeddedPostgresError) {
        let unfinished = self.directory.unfinishedData
        Files.removeTree(unfinished)
        try self.run(
            user.command([
                binaries.initdb, "-D", unfinished, "--username=slipway", "--auth=trust", "--encoding=UTF8",
                "--locale=C.UTF-8", "--data-checksums", "--no-sync",
            ]))
        try self.run(
            user.command([binaries.server, "--single", "-D", unfinished, "-c", "fsync=off", "postgres"]),
            input: "CREATE DATABASE slipway\n")
        if self.settings.durability == .safe { self.flush(unfinished) }
        guard unsafe rename(unfinished, self.directory.data) == 0 else {
            throw .initFailed(output: "rename of \(unfinished): errno \(errno)")
        }
    }

    /// Everything at once, where initdb would flush a thousand files one by one.
    private func flush(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        if linux_syncfs(descriptor) != 0 { sync() }
    }

    private func run(_ command: [String], input: String = "") throws(EmbeddedPostgresError) {
        let result: Child.Result
        do throws(Child.SpawnError) {
            result = try Child.run(command, input: input)
        } catch {
            throw .initFailed(output: "\(command[0]): errno \(error.code)")
        }
        guard result.status == 0 else { throw .initFailed(output: result.output) }
    }

    private func spawnServer(_ binaries: Binaries, _ user: ServerUser) throws(EmbeddedPostgresError) -> pid_t {
        self.rotateLog()
        let log = unsafe open(self.directory.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let nothing = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer {
            close(log)
            close(nothing)
        }
        let settings = self.settings.serverSettings(socketDirectory: self.directory.socketDirectory)
        let arguments = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        do throws(Child.SpawnError) {
            return try Child.spawn(
                user.command([binaries.server, "-D", self.directory.data] + arguments), input: nothing, output: log)
        } catch {
            throw .startFailed(logTail: "\(binaries.server): errno \(error.code)")
        }
    }

    /// Keeps one older log, once the current one is past 16 MiB.
    private func rotateLog() {
        var status = stat()
        guard unsafe stat(self.directory.log, &status) == 0, status.st_size > 16 << 20 else { return }
        _ = unsafe rename(self.directory.log, self.directory.log + ".1")
    }

    private func startServer(_ binaries: Binaries, _ user: ServerUser) throws(EmbeddedPostgresError) {
        let deadline = ContinuousClock.now + self.settings.startTimeout
        let start = Files.size(of: self.directory.log)
        var child: pid_t = 0
        repeat {
            if !self.isRunning {
                child = try self.spawnServer(binaries, user)
                self.child.store(child, ordering: .releasing)
            }
            while !self.directory.isReady(child), self.isRunning, ContinuousClock.now < deadline { usleep(5_000) }
            if self.isRunning, self.directory.isReady(child) { return }
            // The processes of a server that was killed take a moment to notice.
            usleep(50_000)
            // Tried again then.
        } while self.lastWords(since: start).contains("shared memory block") && ContinuousClock.now < deadline
        throw .startFailed(logTail: self.lastWords(since: start))
    }

    /// What the server has logged since the log had that size; at most its last 4 KiB.
    private func lastWords(since start: Int) -> String {
        let size = Files.size(of: self.directory.log)
        return Files.text(of: self.directory.log, last: min(4096, size > start ? size - start : size)) ?? ""
    }
}
