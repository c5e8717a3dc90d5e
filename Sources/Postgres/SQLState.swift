/// The five characters by which PostgreSQL names an error (PostgreSQL manual, appendix A).
public struct SQLState: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The first two characters, which name the class of the error.
    public var category: Substring { self.rawValue.prefix(2) }

    /// Whether the same transaction may succeed when it is run again.
    ///
    /// Serialization failures, deadlocks, lock timeouts, and a server that is full, starting, stopping or demoted.
    public var isTransient: Bool {
        switch self {
        case .serializationFailure, .deadlockDetected, .lockNotAvailable,
            .adminShutdown, .crashShutdown, .cannotConnectNow, .tooManyConnections, .readOnlyTransaction:
            true
        default: self.category == "53" || self.category == "08"
        }
    }
}

extension SQLState {
    public static let uniqueViolation = SQLState(rawValue: "23505")
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    public static let checkViolation = SQLState(rawValue: "23514")
    public static let notNullViolation = SQLState(rawValue: "23502")
    public static let exclusionViolation = SQLState(rawValue: "23P01")

    public static let serializationFailure = SQLState(rawValue: "40001")
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    public static let queryCanceled = SQLState(rawValue: "57014")
    public static let inFailedTransaction = SQLState(rawValue: "25P02")
    public static let readOnlyTransaction = SQLState(rawValue: "25006")

    public static let adminShutdown = SQLState(rawValue: "57P01")
    public static let crashShutdown = SQLState(rawValue: "57P02")
    public static let cannotConnectNow = SQLState(rawValue: "57P03")
    public static let tooManyConnections = SQLState(rawValue: "53300")

    public static let syntaxError = SQLState(rawValue: "42601")
    public static let undefinedTable = SQLState(rawValue: "42P01")
    public static let undefinedColumn = SQLState(rawValue: "42703")
    public static let undefinedFunction = SQLState(rawValue: "42883")
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    public static let duplicateDatabase = SQLState(rawValue: "42P04")
    public static let undefinedDatabase = SQLState(rawValue: "3D000")

    public static let invalidTextRepresentation = SQLState(rawValue: "22P02")
    public static let numericValueOutOfRange = SQLState(rawValue: "22003")
    /// Text that the database's encoding cannot hold; the NUL character, for one.
    public static let characterNotInRepertoire = SQLState(rawValue: "22021")

    /// Among others, what a prepared statement gets after the schema changed under it.
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    /// A prepared statement that the server does not know (any more).
    public static let undefinedPreparedStatement = SQLState(rawValue: "26000")
}
