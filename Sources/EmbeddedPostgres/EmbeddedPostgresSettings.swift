/// What a private cluster is run with.
public struct EmbeddedPostgresSettings: Sendable {
    /// Whether a commit survives a loss of power; it survives the death of the server in any case.
    public enum Durability: Sendable {
        case safe
        case unsafeForTests
    }

    public var durability: Durability

    /// Connections the server accepts.
    public var maxConnections: Int

    /// In mebibytes.
    public var sharedBuffers: Int

    /// How long the server may take until it is ready, recovery after a crash included.
    public var startTimeout: Duration

    /// Where to look for PostgreSQL's programs; empty for Debian's places and `PATH`.
    public var binaryDirectories: [String]

    /// More of PostgreSQL's settings, which win over ours.
    public var extra: [String: String]

    /// Safe, 100 connections, 128 MiB, 60 s.
    public init(
        durability: Durability = .safe, maxConnections: Int = 100, sharedBuffers: Int = 128,
        startTimeout: Duration = .seconds(60), binaryDirectories: [String] = [], extra: [String: String] = [:]
    ) {
        self.durability = durability
        self.maxConnections = maxConnections
        self.sharedBuffers = sharedBuffers
        self.startTimeout = startTimeout
        self.binaryDirectories = binaryDirectories
        self.extra = extra
    }

    /// The server's settings by name; no TCP, and a socket only its user can reach.
    func serverSettings(socketDirectory: String) -> [String: String] {
        var settings = [
            "listen_addresses": "",
            "unix_socket_directories": socketDirectory,
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "\(self.maxConnections)",
            "shared_buffers": "\(self.sharedBuffers)MB",
            "max_wal_size": "2GB",
            "min_wal_size": "80MB",
            "wal_compression": "on",
            "checkpoint_timeout": "15min",
            // Solid-state disks, which is what a single machine has today.
            "random_page_cost": "1.1",
            // Our statements are short; compiling them takes longer than running them.
            "jit": "off",
            "TimeZone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            "log_checkpoints": "off",
            "logging_collector": "off",
        ]
        if self.durability == .unsafeForTests {
            settings["fsync"] = "off"
            settings["full_page_writes"] = "off"
        }
        return settings.merging(self.extra) { _, extra in extra }
    }
}
