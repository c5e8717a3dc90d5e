import Glibc

/// Held by the process that runs a cluster; the kernel drops it when that process ends, however it ends.
struct DirectoryLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: ``EmbeddedPostgresError/alreadyRunning(pid:)``.
    init(_ path: String) throws(EmbeddedPostgresError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .directoryNotAccessible(path: path, user: "uid \(geteuid())") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            let holder = Files.text(of: path).flatMap { pid_t($0.prefix { $0.isNumber }) }
            throw .alreadyRunning(pid: holder ?? 0)
        }
        self.descriptor = descriptor
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = unsafe write(descriptor, text, text.count)
    }

    deinit { close(self.descriptor) }
}
