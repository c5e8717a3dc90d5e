/// A point at which an installation can be stopped and gone on with later.
enum InstallStep: Equatable, Sendable {
    case fetch
    case write
    case commit
}

/// Called before each step; throws to stop there.
///
/// For tests of what a kill leaves behind.
typealias InstallCheckpoint = @Sendable (InstallStep) throws -> Void
