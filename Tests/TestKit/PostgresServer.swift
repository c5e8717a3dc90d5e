import EmbeddedPostgres
import Foundation
import Glibc
import Migrations
import Postgres

/// A server of one test's own, to be stopped, started anew and followed by a standby.
public struct PostgresServer: Sendable {
    private let directory: String
    private let server: EmbeddedPostgres
    /// For its owner.
    public let url: String

    private init(_ directory: String) async throws {
        self.directory = directory
        self.server = EmbeddedPostgres(
            directory: directory,
            settings: EmbeddedPostgresSettings(durability: .unsafeForTests, maxConnections: 100, sharedBuffers: 32))
        self.url = try await self.server.start()
    }

    /// Lends a server whose database has every migration applied, and removes it.
    ///
    /// - Parameter onDisk: for a test that fills more than a memory file system should hold.
    public static func run(onDisk: Bool = false, _ body: (PostgresServer) async throws -> Void) async throws {
        let directory = Self.directory(onDisk: onDisk)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = try await PostgresServer(directory)
        do {
            let database = Database(DatabaseConfiguration(url: server.url))
            let outcome: Result<[Migration], MigrationError>
            do throws(MigrationError) {
                outcome = .success(try await Migrator(database).migrate())
            } catch {
                outcome = .failure(error)
            }
            await database.close()
            _ = try outcome.get()
            try await body(server)
        } catch {
            server.crash()
            throw error
        }
        server.crash()
    }

    private static func directory(onDisk: Bool) -> String {
        let parent = onDisk ? FileManager.default.temporaryDirectory.path : PostgresDirectory.path
        return "\(parent)/slipway-server-\(UUID().uuidString.prefix(8))"
    }

    /// Ends it at once, as a crash would: nobody is told, nothing is written out. Blocks until it has gone.
    public func crash() { self.server.stopAtExit() }

    /// After a crash; recovers first.
    public func start() async throws { _ = try await self.server.start() }

    /// Lends a standby that streams from this server, and on which every commit here waits from now on; removes it.
    public func withStandby(_ body: (PostgresServer) async throws -> Void) async throws {
        let directory = Self.directory(onDisk: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        guard let make = ServerProgram("mkdir"), let copy = ServerProgram("pg_basebackup") else {
            throw ServerProgram.Failed(program: "pg_basebackup", output: "it is not installed")
        }
        try make.run(["-m", "700", directory])
        try copy.run([
            "-D", "\(directory)/data", "-d", self.url, "--write-recovery-conf", "--wal-method=stream",
            "--checkpoint=fast", "--no-sync",
        ])
        let standby = try await PostgresServer(directory)
        do {
            let database = Database(DatabaseConfiguration(url: self.url, maxConnections: 1))
            try await database.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            try await database.execute("SELECT pg_reload_conf()")
            await database.close()
            try await body(standby)
        } catch {
            standby.crash()
            throw error
        }
        standby.crash()
    }

    /// Makes a standby the one that is written to.
    public func promote() async throws {
        let database = Database(DatabaseConfiguration(url: self.url, maxConnections: 1))
        try await database.execute("SELECT pg_promote()")
        await database.close()
    }

    /// The address of two servers, of which a client is to find the one that is written to.
    public func url(orOf other: PostgresServer) -> String {
        let host = { (url: String) -> Substring in
            let rest = url.split(separator: "@", maxSplits: 1).last ?? ""
            return rest.split(separator: "/", maxSplits: 1).first ?? ""
        }
        return "postgresql://slipway@\(host(self.url)),\(host(other.url))/slipway?target_session_attrs=read-write"
    }

    /// The directory of its socket.
    var socketDirectory: String {
        let host = self.url.split(separator: "@").last?.split(separator: "/").first ?? ""
        return String(host).replacing("%2F", with: "/")
    }
}
