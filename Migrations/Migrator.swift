public import Postgres

/// Brings a database's schema up to date.
///
/// Safe to run from many processes at once: one works, the others wait for it and then find nothing to do. Each
/// migration is a transaction together with its line in `schema_migrations`.
public struct Migrator: Sendable {
    /// What to do about migrations in the database that this program does not know.
    public enum Newer: Sendable {
        case refuse
        /// For a roll-back of the program: the schema is ahead of it, and was made harmless to it.
        case tolerate
    }

    private let configuration: DatabaseConfiguration
    private let migrations: [Migration]

    /// How long to wait for another process that is migrating.
    private static let patience = Duration.seconds(900)

    /// The advisory lock of all who migrate: "slipway" in ASCII.
    private static let lockKey: Int64 = 0x73_6C_69_70_77_61_79

    /// - Parameters:
    ///   - database: gives its configuration; connections are made past any pooler, and for long statements.
    ///   - migrations: in order, numbers rising.
    public init(_ database: Database, migrations: [Migration] = Migrations.all) {
        precondition(
            zip(migrations, migrations.dropFirst()).allSatisfy { $0.number < $1.number },
            "the numbers of migrations rise")
        var configuration = database.configuration
        configuration.url = configuration.directURL ?? configuration.url
        configuration.preparedStatements = true
        configuration.maxConnections = 2
        configuration.statementTimeout = .seconds(3600)
        configuration.idleTransactionTimeout = .seconds(3600)
        // A migration in line for a lock holds up everybody behind it: better to step back and try again.
        configuration.lockTimeout = .seconds(3)
        configuration.applicationName = "slipway migrate"
        self.configuration = configuration
        self.migrations = migrations
    }

    /// Applies what is missing, in order.
    ///
    /// - Returns: what was applied now, in order.
    @discardableResult public func migrate(newer: Newer = .refuse) async throws(MigrationError) -> [Migration] {
        let database = Database(self.configuration)
        let outcome: Result<[Migration], any Error>
        do {
            outcome = .success(
                try await database.withConnection { connection in
                    try await self.lock(connection)
                    return try await self.applyPending(database, newer)
                })
        } catch {
            outcome = .failure(error)
        }
        // Ends the lock, too, which belongs to the connection.
        await database.close()
        do { return try outcome.get() } catch { throw Self.explain(error) }
    }

    /// Every migration that is known or was applied, in order; changes nothing.
    public func status() async throws(MigrationError) -> [MigrationStatus] {
        let database = Database(self.configuration)
        let outcome: Result<[AppliedMigration], PostgresError>
        do throws(PostgresError) {
            outcome = .success(try await AppliedMigration.all(in: database))
        } catch {
            outcome = .failure(error)
        }
        await database.close()
        do throws(PostgresError) {
            return self.compare(with: try outcome.get())
        } catch {
            throw .database(error)
        }
    }

    private func compare(with applied: [AppliedMigration]) -> [MigrationStatus] {
        let known = Dictionary(uniqueKeysWithValues: self.migrations.map { ($0.number, $0) })
        let done = Dictionary(uniqueKeysWithValues: applied.map { ($0.number, $0) })
        return Set(known.keys).union(done.keys).sorted().compactMap { number in
            switch (known[number], done[number]) {
            case (let migration?, nil):
                MigrationStatus(number: number, name: migration.name, state: .pending)
            case (let migration?, let applied?):
                MigrationStatus(
                    number: number, name: migration.name,
                    state: applied.checksum == migration.checksum ? .applied(at: applied.at) : .drifted(at: applied.at))
            case (nil, let applied?):
                MigrationStatus(number: number, name: applied.name, state: .unknown(at: applied.at))
            case (nil, nil): nil
            }
        }
    }

    /// Asked for again and again, not waited for: a waiting statement would hold a snapshot, and be timed out.
    private func lock(_ connection: Connection) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            let row = try await connection.row("SELECT pg_try_advisory_lock(\(Self.lockKey)) AS locked")
            if try row?("locked", as: Bool.self) == true { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw MigrationError.locked(after: Self.patience)
    }

    private func applyPending(_ database: Database, _ newer: Newer) async throws -> [Migration] {
        try await AppliedMigration.createTable(in: database)
        let statuses = self.compare(with: try await AppliedMigration.all(in: database))
        let last = statuses.last { $0.state != .pending }?.number ?? 0
        var pending: [Migration] = []
        for status in statuses {
            let migration = self.migrations.first { $0.number == status.number }
            switch (status.state, migration) {
            case (.applied, _): continue
            case (.unknown, _):
                if newer == .refuse { throw MigrationError.unknown(number: status.number, name: status.name) }
            case (.drifted, let migration?): throw MigrationError.drifted(file: migration.file)
            case (.pending, let migration?):
                guard migration.number > last else { throw MigrationError.skipped(file: migration.file) }
                pending.append(migration)
            case (.drifted, nil), (.pending, nil): preconditionFailure("both are states of known migrations")
            }
        }
        for migration in pending { try await self.apply(migration, to: database) }
        return pending
    }

    private func apply(_ migration: Migration, to database: Database) async throws(MigrationError) {
        do {
            try await database.retryingTransaction(attempts: 10) { transaction in
                try await transaction.run(script: migration.sql)
                try await AppliedMigration.record(migration, in: transaction)
            }
        } catch let error as PostgresError {
            throw .failed(file: migration.file, reason: error)
        } catch {
            throw .failed(file: migration.file, reason: .cancelled)
        }
    }

    private static func explain(_ error: any Error) -> MigrationError {
        switch error {
        case let error as MigrationError: error
        case let error as PostgresError: .database(error)
        // All that is left is the end of a sleep.
        default: .database(.cancelled)
        }
    }
}
