import EmbeddedPostgres
import FoundationEssentials
import Glibc
import Migrations
import Postgres
import Synchronization

/// One private server for all tests of a process: started by the first that needs it, removed when the process ends.
///
/// What an earlier run left behind, because it was killed, is removed by the next.
actor PostgresCluster {
    static let shared = PostgresCluster()

    private static let prefix = "slipway-tests-"
    private static let template = "slipway_template"
    private static let directory = "\(PostgresDirectory.path)/\(PostgresCluster.prefix)\(getpid())"

    private let server = EmbeddedPostgres(
        directory: PostgresCluster.directory,
        settings: EmbeddedPostgresSettings(durability: .unsafeForTests, maxConnections: 400, sharedBuffers: 64))
    private var url: Task<String, any Error>?
    private var migrated: Task<Void, any Error>?
    private var databases = 0

    /// The address of the server's own database; starts the server if need be.
    func start() async throws -> String {
        if let url = self.url { return try await url.value }
        let task = Task { [server = self.server] in
            Self.removeRemains()
            let url = try await server.start()
            atexit { PostgresCluster.stopAtExit() }
            return url
        }
        self.url = task
        return try await task.value
    }

    /// Makes a database.
    ///
    /// - Parameter isMigrated: whether every migration is applied to it.
    func makeDatabase(isMigrated: Bool) async throws -> String {
        let url = try await self.start()
        if isMigrated { try await self.makeTemplate() }
        self.databases += 1
        let name = "test_\(self.databases)"
        try await self.administer(
            isMigrated
                ? "CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: Self.template)"
                : "CREATE DATABASE \(identifier: name)")
        return Self.url(of: name, like: url)
    }

    func dropDatabase(_ url: String) async throws {
        guard let name = url.split(separator: "/").last else { return }
        try await self.administer("DROP DATABASE IF EXISTS \(identifier: String(name)) WITH (FORCE)")
    }

    private func makeTemplate() async throws {
        if let migrated = self.migrated { return try await migrated.value }
        let task = Task {
            try await self.administer("CREATE DATABASE \(identifier: Self.template)")
            let url = Self.url(of: Self.template, like: try await self.start())
            let database = Database(DatabaseConfiguration(url: url))
            let outcome: Result<[Migration], MigrationError>
            do throws(MigrationError) {
                outcome = .success(try await Migrator(database).migrate())
            } catch {
                outcome = .failure(error)
            }
            await database.close()
            _ = try outcome.get()
        }
        self.migrated = task
        try await task.value
    }

    private var administrator: Database?

    private func administer(_ sql: SQL) async throws {
        let url = try await self.start()
        let database = self.administrator ?? Database(Self.administration(of: url))
        self.administrator = database
        try await database.execute(sql)
    }

    /// Patient: all tests make their databases at the same time.
    private static func administration(of url: String) -> DatabaseConfiguration {
        DatabaseConfiguration(
            url: url, maxConnections: 2, statementTimeout: .seconds(60), lockTimeout: .seconds(60),
            acquireTimeout: .seconds(60))
    }

    private static func url(of database: String, like url: String) -> String {
        guard let slash = url.lastIndex(of: "/") else { return url }
        return String(url[...slash]) + database
    }

    /// Runs in the handler at exit, where nothing can be awaited.
    private static func stopAtExit() {
        Self.shared.server.stopAtExit()
        try? FileManager.default.removeItem(atPath: Self.directory)
    }

    /// Removes the directories of processes that are gone.
    private static func removeRemains() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: PostgresDirectory.path)) ?? []
        for name in names where name.hasPrefix(Self.prefix) {
            guard let process = pid_t(name.dropFirst(Self.prefix.count)), kill(process, 0) != 0, errno == ESRCH else {
                continue
            }
            try? FileManager.default.removeItem(atPath: PostgresDirectory.path + "/" + name)
        }
    }
}
