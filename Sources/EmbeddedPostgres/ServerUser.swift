import Glibc

/// As whom the server runs: PostgreSQL refuses to run as root.
struct ServerUser {
    let name: String
    let user: uid_t
    let group: gid_t
    /// Whether it is somebody else than we are.
    let isOther: Bool

    /// We ourselves, or, when we are root, `postgres`, or else `nobody`.
    static var current: ServerUser {
        guard geteuid() == 0 else {
            return ServerUser(name: "uid \(geteuid())", user: geteuid(), group: getegid(), isOther: false)
        }
        return Self.named("postgres") ?? Self.named("nobody")
            ?? ServerUser(name: "uid 65534", user: 65_534, group: 65_534, isOther: true)
    }

    private static func named(_ name: String) -> ServerUser? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
            return nil
        }
        return unsafe ServerUser(name: name, user: entry.pw_uid, group: entry.pw_gid, isOther: true)
    }

    /// The command that runs another as this user, told by the kernel to shut down (SIGINT) when our thread ends.
    ///
    /// Without setpriv(1) the server outlives a process that is killed; the next start then copes with it.
    func command(_ arguments: [String]) -> [String] {
        guard let setpriv = Files.program("setpriv") else {
            guard self.isOther, let runuser = Files.program("runuser") else { return arguments }
            return [runuser, "-u", self.name, "--"] + arguments
        }
        let identity = self.isOther ? ["--reuid", "\(self.user)", "--regid", "\(self.group)", "--clear-groups"] : []
        return [setpriv] + identity + ["--pdeathsig", "INT", "--"] + arguments
    }

    /// Gives a path to the user; nothing to do when that is us.
    func own(_ path: String) {
        if self.isOther { _ = unsafe chown(path, self.user, self.group) }
    }
}
