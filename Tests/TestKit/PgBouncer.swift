import Foundation
import Glibc

/// PgBouncer in transaction mode in front of a server.
public enum PgBouncer {
    /// Why it cannot be had; nil when it can.
    public static var obstacle: String? {
        ServerProgram("pgbouncer") == nil ? "pgbouncer is not installed; ops/setup installs it" : nil
    }

    /// Lends a running pooler that shares ten connections among all, and ends it.
    ///
    /// - Parameter body: gets its address.
    public static func run(before server: PostgresServer, _ body: (_ url: String) async throws -> Void) async throws {
        guard let program = ServerProgram("pgbouncer"), let make = ServerProgram("mkdir") else {
            throw ServerProgram.Failed(program: "pgbouncer", output: "it is not installed")
        }
        let directory = "\(PostgresDirectory.path)/slipway-pooler-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try make.run(["-m", "777", directory])
        // The names, and not the passwords, of those who may come.
        try "\"slipway\" \"\"\n".write(toFile: "\(directory)/users", atomically: false, encoding: .utf8)
        try """
        [databases]
        slipway = host=\(server.socketDirectory) port=5432 dbname=slipway user=slipway
        [pgbouncer]
        unix_socket_dir = \(directory)
        listen_addr =
        listen_port = 6432
        auth_type = trust
        auth_file = \(directory)/users
        pool_mode = transaction
        default_pool_size = 10
        max_client_conn = 200
        ignore_startup_parameters = extra_float_digits
        logfile = \(directory)/log
        """.write(toFile: "\(directory)/ini", atomically: false, encoding: .utf8)
        let process = try program.start(["\(directory)/ini"])
        defer {
            // It holds nothing; a gentler signal may be blocked in what a test starts.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let socket = "\(directory)/.s.PGSQL.6432"
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) {
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        guard process.isRunning, FileManager.default.fileExists(atPath: socket) else {
            let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
            throw ServerProgram.Failed(program: program.path, output: log)
        }
        let host = directory.replacing("/", with: "%2F")
        try await body("postgresql://slipway@\(host):6432/slipway")
    }
}
