public import FoundationEssentials

/// What became of one migration in one database.
public struct MigrationStatus: Equatable, Sendable {
    public enum State: Equatable, Sendable {
        case pending
        case applied(at: Date)
        /// Applied, and edited since.
        case drifted(at: Date)
        /// Applied by a newer program; this one does not know it.
        case unknown(at: Date)
    }

    public let number: Int
    public let name: String
    public let state: State
}
