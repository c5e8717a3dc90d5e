/// How far a transaction is shielded from others (PostgreSQL manual, section 13.2).
public enum Isolation: Sendable {
    /// Every statement sees what was committed before it began.
    case readCommitted
    /// Every statement sees what was committed before the first; fails with 40001 where it would overwrite a change.
    case repeatableRead
    /// As if transactions ran one after another; fails with 40001 when they cannot have.
    case serializable
    /// Like ``repeatableRead``, and changes nothing.
    case readOnlySnapshot

    var begin: SQL {
        switch self {
        case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED"
        case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
        case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
        case .readOnlySnapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        }
    }
}
