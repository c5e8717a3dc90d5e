public import Content
public import Postgres

/// What must happen to the builds of a game that is deleted; done by whoever owns builds and the object store.
public protocol GameRemoval: Sendable {
    /// First transaction: makes sure that nobody begins to count on what only this version holds. May be repeated.
    func condemn(_ version: VersionID, in transaction: Transaction) async throws

    /// Second transaction: lets go of what the version shares with others.
    ///
    /// - Returns: keys of objects that nobody needs any more.
    func release(_ version: VersionID, in transaction: Transaction) async throws -> [String]

    /// Second transaction, at its end: deletes the objects and gives up the uploads. Absent ones are fine.
    func erase(objects: [String], uploads: [OpenUpload]) async throws
}

/// An upload that somebody began and nobody ended.
public struct OpenUpload: Equatable, Sendable {
    public let key: String
    /// The store's name for it.
    public let id: String
}
