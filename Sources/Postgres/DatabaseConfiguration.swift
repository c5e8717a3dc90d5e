/// How to reach a database, and how long to wait for it.
public struct DatabaseConfiguration: Sendable {
    /// `postgresql://…`, or libpq's `keyword=value` form; several hosts and `target_session_attrs` are libpq's own.
    public var url: String

    /// A way past any pooler, for ``Database/listen(_:)``, which a transaction-pooling PgBouncer cannot serve.
    public var directURL: String?

    /// The most connections open at once, each with a thread; those of ``Database/listen(_:)`` are not counted.
    public var maxConnections: Int

    /// How long one address may take to answer; also how long sent bytes may stay unacknowledged on any connection.
    public var connectTimeout: Duration

    /// How long a statement may run; counted anew for each result of a pipeline and each 64 KiB of a COPY.
    public var statementTimeout: Duration

    /// How long a statement may wait for a lock, by the server's watch.
    public var lockTimeout: Duration

    /// How long to wait for a free connection, and to try to make one.
    public var acquireTimeout: Duration

    /// How long a transaction may sit idle before the server ends it.
    public var idleTransactionTimeout: Duration

    /// What `pg_stat_activity` shows, unless the URL says otherwise.
    public var applicationName: String

    /// Whether statements are prepared and sessions are set up once; off behind a pooler that hands out transactions.
    ///
    /// When off, the role must have `TimeZone` UTC (`ALTER ROLE … SET timezone = 'UTC'`) if columns without a time
    /// zone are used, and the timeouts kept by the server apply in transactions only.
    public var preparedStatements: Bool

    /// More settings of each session, by name; trusted. Not applied behind a pooler that hands out transactions.
    public var sessionSettings: [String: String] = [:]

    /// 10 connections; 5 s to connect, 30 s for a statement, 10 s for a lock, 10 s for a connection, 60 s idle.
    public init(
        url: String, directURL: String? = nil, maxConnections: Int = 10, connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration = .seconds(30), lockTimeout: Duration = .seconds(10),
        acquireTimeout: Duration = .seconds(10), idleTransactionTimeout: Duration = .seconds(60),
        applicationName: String = "slipway", preparedStatements: Bool = true
    ) {
        precondition(maxConnections >= 1, "a database needs a connection")
        self.url = url
        self.directURL = directURL
        self.maxConnections = maxConnections
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.acquireTimeout = acquireTimeout
        self.idleTransactionTimeout = idleTransactionTimeout
        self.applicationName = applicationName
        self.preparedStatements = preparedStatements
    }
}
