import EmbeddedPostgres
import FoundationEssentials
import Glibc
import Postgres
import TestKit
import Testing

@Suite("EmbeddedPostgres", .serialized, .timeLimit(.minutes(2)))
struct EmbeddedPostgresTests {
    private static let settings = EmbeddedPostgresSettings(
        durability: .unsafeForTests, maxConnections: 10, sharedBuffers: 16)

    /// Lends a directory for a cluster, and removes it.
    private func withDirectory(
        named name: String = UUID().uuidString, _ body: (String) async throws -> Void
    ) async throws {
        let directory = PostgresDirectory.path + "/slipway-cluster-" + name
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    private func withServer(
        _ directory: String, settings: EmbeddedPostgresSettings = Self.settings,
        _ body: (EmbeddedPostgres, Database) async throws -> Void
    ) async throws {
        let server = EmbeddedPostgres(directory: directory, settings: settings)
        let database = Database(DatabaseConfiguration(url: try await server.start(), maxConnections: 2))
        do {
            try await body(server, database)
            await database.close()
            await server.stop()
        } catch {
            await database.close()
            await server.stop()
            throw error
        }
    }

    /// The number of the server's process, from the cluster's own file.
    private func process(_ directory: String) throws -> pid_t {
        let text = try String(contentsOfFile: directory + "/data/postmaster.pid", encoding: .utf8)
        return try #require(text.split(separator: "\n").first.flatMap { pid_t($0) })
    }

    @Test("a cluster is made, runs, is nobody else's meanwhile, and keeps its content over a stop and a start")
    func lives() async throws {
        try await self.withDirectory { directory in
            try await self.withServer(directory) { server, database in
                try await database.execute("CREATE TABLE kept (n int)")
                let row = try await database.row(
                    """
                    SELECT current_database() AS database, current_setting('server_encoding') AS encoding,
                           current_setting('data_checksums') AS checksums, current_setting('listen_addresses') AS tcp
                    """)
                #expect(try row?("database") == "slipway")
                #expect(try row?("encoding") == "UTF8")
                #expect(try row?("checksums") == "on")
                #expect(try row?("tcp") == "")

                let process = try self.process(directory)
                _ = try await server.start()
                #expect(try self.process(directory) == process)
                let other = EmbeddedPostgres(directory: directory, settings: Self.settings)
                await #expect(throws: EmbeddedPostgresError.alreadyRunning(pid: getpid())) { try await other.start() }
                #expect(await server.isRunning)

                await server.stop()
                #expect(await !server.isRunning)
                // Statements wait for a server that restarts.
                let waiting = Task { try await database.rows("SELECT n FROM kept") }
                _ = try await server.start()
                let rows = try await waiting.value
                #expect(rows.isEmpty)
            }
        }
    }

    @Test("a cluster survives what a crash leaves behind")
    func recovers() async throws {
        try await self.withDirectory { directory in
            try await self.withServer(directory) { server, database in
                try await database.execute("CREATE TABLE kept (n int)")
                try await database.execute("INSERT INTO kept VALUES (1)")
                kill(try self.process(directory), SIGKILL)
                while await server.isRunning { try await Task.sleep(for: .milliseconds(5)) }
                _ = try await server.start()
                let row = try await database.row("SELECT n FROM kept")
                #expect(try row?("n") == 1)
            }

            // A server that outlived its process, as on a kernel that would not tell it.
            let orphan = EmbeddedPostgres(directory: directory, settings: Self.settings)
            _ = try await orphan.start()
            let process = try self.process(directory)
            try FileManager.default.removeItem(atPath: directory + "/lock")
            try await self.withServer(directory) { _, database in
                #expect(try self.process(directory) != process)
                let row = try await database.row("SELECT n FROM kept")
                #expect(try row?("n") == 1)
            }
            #expect(await !orphan.isRunning)

            // The number of a dead server that another process has by now.
            try "\(getpid())\n\(directory)/data\n".write(
                toFile: directory + "/data/postmaster.pid", atomically: true, encoding: .utf8)
            try await self.withServer(directory) { _, database in _ = try await database.execute("SELECT 1") }

            // A setting that the server refuses is reported, and does no harm.
            var settings = Self.settings
            settings.extra = ["shared_preload_libraries": "absent_library"]
            let refusing = EmbeddedPostgres(directory: directory, settings: settings)
            let error = await #expect(throws: EmbeddedPostgresError.self) { try await refusing.start() }
            guard case .startFailed(let log) = error else {
                Issue.record("\(String(describing: error)) is no failure to start")
                return
            }
            #expect(log.contains("absent_library"))
            try await self.withServer(directory) { _, database in _ = try await database.execute("SELECT 1") }
        }
    }

    @Test("a directory whose name is too long and too odd for a socket works")
    func worksAnywhere() async throws {
        try await self.withDirectory(named: "it's, {odd} é" + String(repeating: "l", count: 120)) { directory in
            try await self.withServer(directory) { _, database in _ = try await database.execute("SELECT 1") }
        }
    }

    @Test("missing programs are reported with what to install")
    func reportsMissingPrograms() async throws {
        try await self.withDirectory { directory in
            var settings = Self.settings
            settings.binaryDirectories = ["/nonexistent"]
            let server = EmbeddedPostgres(directory: directory, settings: settings)
            await #expect(
                throws: EmbeddedPostgresError.binariesMissing(searched: ["/nonexistent"], package: "postgresql")
            ) {
                try await server.start()
            }
            try FileManager.default.createDirectory(atPath: directory + "/data", withIntermediateDirectories: true)
            try "9\n".write(toFile: directory + "/data/PG_VERSION", atomically: true, encoding: .utf8)
            settings.binaryDirectories = []
            let old = EmbeddedPostgres(directory: directory, settings: settings)
            let error = await #expect(throws: EmbeddedPostgresError.self) { try await old.start() }
            guard case .binariesMissing(_, let package) = error else {
                Issue.record("\(String(describing: error)) is not about missing programs")
                return
            }
            #expect(package == "postgresql-9")
        }
    }

    @Test(
        "a directory that the server's user cannot reach is reported, by what keeps it out",
        .enabled(if: geteuid() == 0))
    func reportsAccess() async throws {
        try await self.withDirectory { directory in
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let inner = directory + "/inner"
            let server = EmbeddedPostgres(directory: inner, settings: Self.settings)
            let error = await #expect(throws: EmbeddedPostgresError.self) { try await server.start() }
            guard case .directoryNotAccessible(let path, _) = error else {
                Issue.record("\(String(describing: error)) is not about access")
                return
            }
            #expect(path == directory)
        }
    }
}
