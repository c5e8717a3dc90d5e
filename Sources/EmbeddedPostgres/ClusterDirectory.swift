import Glibc

/// Where things are in the directory of a private cluster.
struct ClusterDirectory {
    let path: String

    var data: String { self.path + "/data" }
    /// Renamed to ``data`` when it is complete and on disk, so that a crash leaves no half cluster.
    var unfinishedData: String { self.path + "/data.unfinished" }
    var log: String { self.path + "/server.log" }
    var lock: String { self.path + "/lock" }
    var processFile: String { self.data + "/postmaster.pid" }

    /// Where the server's socket is: in the directory, or, if its address would be too long or PostgreSQL would not
    /// understand it, in one under /tmp that is named after the directory.
    var socketDirectory: String {
        let plain = self.path + "/run"
        let name = "/.s.PGSQL.5432"
        let isPlain = plain.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
        }
        // sockaddr_un has 108 bytes, the last of which is the end.
        if isPlain, plain.utf8.count + name.utf8.count <= 107 { return plain }
        // FNV-1a (RFC 9923), 64 bits; who owns the directory is checked, so it need not withstand an attack.
        let hash = self.path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "/tmp/slipway-" + String(hash, radix: 16)
    }

    /// Whether the socket's directory is within the cluster's.
    var keepsSocket: Bool { self.socketDirectory.hasPrefix(self.path + "/") }

    /// What a client connects to.
    var url: String {
        let host = self.socketDirectory.utf8.map { byte in
            byte == UInt8(ascii: "/") ? "%2F" : String(UnicodeScalar(byte))
        }
        return "postgresql://slipway@\(host.joined())/slipway"
    }

    /// The major version that the cluster was made by; nil when there is none yet.
    var major: Int? {
        Files.text(of: self.data + "/PG_VERSION").flatMap { Int($0.prefix { $0.isNumber }) }
    }

    /// Makes the directories, and checks that the server's user can work in them.
    func prepare(for user: ServerUser) throws(EmbeddedPostgresError) {
        Files.makeDirectories(self.path, mode: 0o700)
        user.own(self.path)
        try self.makeSocketDirectory(for: user)
        guard Self.isAllowed(["-w", self.path, "-a", "-x", self.path], user) else {
            throw .directoryNotAccessible(path: self.obstacle(for: user), user: user.name)
        }
    }

    /// The topmost directory that keeps the user out.
    private func obstacle(for user: ServerUser) -> String {
        var path = ""
        for name in self.path.split(separator: "/") {
            path += "/" + name
            if !Self.isAllowed(["-x", path], user) { return path }
        }
        return self.path
    }

    /// Asks test(1) as the user, which knows of access lists and capabilities, too.
    private static func isAllowed(_ condition: [String], _ user: ServerUser) -> Bool {
        guard let test = Files.program("test") else { return true }
        let result = try? Child.run(user.command([test] + condition))
        return result?.status == 0
    }

    private func makeSocketDirectory(for user: ServerUser) throws(EmbeddedPostgresError) {
        let directory = self.socketDirectory
        if unsafe mkdir(directory, 0o700) == 0 { user.own(directory) }
        // Anybody can make directories in /tmp: this one must be ours, and closed to everybody else.
        guard let status = Files.status(directory), status.mode & S_IFMT == S_IFDIR, status.owner == user.user,
            status.mode & 0o077 == 0
        else { throw .directoryNotAccessible(path: directory, user: user.name) }
    }

    /// The process that the cluster's own file names, if it lives and works in this very directory.
    ///
    /// A number may have passed to another program since, so it is not enough that somebody has it.
    var runningServer: pid_t? {
        guard let line = Files.text(of: self.processFile)?.split(separator: "\n").first, let process = pid_t(line)
        else {
            return nil
        }
        // Its working directory is its data directory. To see that takes rights that root lacks in a container; what
        // it was started with, anybody may see.
        if let there = Self.canonical("/proc/\(process)/cwd") {
            return there == Self.canonical(self.data) ? process : nil
        }
        let arguments = Files.text(of: "/proc/\(process)/cmdline")?.split(separator: "\0") ?? []
        return arguments.contains { $0 == self.data } ? process : nil
    }

    /// Whether the server of this number has said, in its last line, that it takes connections, a standby's included.
    func isReady(_ process: pid_t) -> Bool {
        guard let text = Files.text(of: self.processFile) else { return false }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count >= 8 && pid_t(lines[0]) == process
            && (lines[7].hasPrefix("ready") || lines[7].hasPrefix("standby"))
    }

    private static func canonical(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
