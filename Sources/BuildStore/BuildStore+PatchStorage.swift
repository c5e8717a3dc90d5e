public import Content
public import Postgres

/// Room for the patches that lead to a version.
extension BuildStore {
    /// Bytes of the patches to a version that are worth more than those of a rank.
    public func patchBytes(
        to version: VersionID, rankedBefore rank: Int, besides other: VersionID
    ) async throws(PostgresError) -> Int64 {
        let row = try await self.database.row(
            """
            SELECT coalesce(sum(size), 0)::bigint AS bytes FROM patches
            WHERE to_version = \(version) AND from_version <> \(other) AND state = 'ready'
              AND rank < \(Int32(clamping: rank))
            """)
        return try row?("bytes") ?? 0
    }

    /// Makes room for a patch: when all do not fit, those that are worth least go, and are garbage from then on.
    ///
    /// What became of others is thus the same in whatever order they are made, but for a patch that went for one that has
    /// itself gone since. Holds the version's manifest, so that two that are made at once are counted one after the other.
    ///
    /// - Parameters:
    ///   - rank: what it is worth.
    ///   - most: bytes of all patches to the version; nil for no limit.
    /// - Returns: whether it fits itself; if not, nothing is changed.
    public func makeRoom(
        for size: Int64, rank: Int, from old: VersionID, to new: VersionID, within most: Int64?,
        in transaction: Transaction
    ) async throws -> Bool {
        guard let most else { return true }
        try await transaction.execute("SELECT FROM manifests WHERE version_id = \(new) FOR UPDATE")
        let rows = try await transaction.rows(
            """
            SELECT from_version, size, rank, object_key FROM patches
            WHERE to_version = \(new) AND from_version <> \(old) AND state = 'ready' ORDER BY rank, from_version
            """)
        var places: [PatchPlace] = []
        var keys: [VersionID: String] = [:]
        for row in rows {
            let from: VersionID = try row("from_version")
            let rank: Int32 = try row("rank")
            places.append(PatchPlace(from: from, rank: Int(rank), size: try row("size")))
            keys[from] = try row("object_key")
        }
        places.append(PatchPlace(from: old, rank: rank, size: size))
        let evicted = PatchPlace.evicted(of: places, within: most)
        guard !evicted.contains(old) else { return false }
        for from in evicted { try await self.leaveToChunks(from: from, to: new, in: transaction) }
        try await self.discard(objects: evicted.compactMap { keys[$0] }, in: transaction)
        return true
    }

    /// A patch that is there no longer; what the update costs now is told in its place.
    private func leaveToChunks(from old: VersionID, to new: VersionID, in transaction: Transaction) async throws {
        let preview = try await self.preview(from: old, to: new, in: transaction)
        try await transaction.execute(
            """
            UPDATE patches SET state = 'not_worth_it', reason = \(PatchRecord.Reason.noRoom.rawValue),
                object_key = NULL, digest = NULL,
                summary = \(try preview?.leftToChunks.json)::jsonb
            WHERE to_version = \(new) AND from_version = \(old)
            """)
    }
}

/// What a patch takes among those to one version.
public struct PatchPlace: Equatable, Sendable {
    public let from: VersionID
    /// Smaller is worth more.
    public let rank: Int
    public let size: Int64

    public init(from: VersionID, rank: Int, size: Int64) {
        self.from = from
        self.rank = rank
        self.size = size
    }

    /// Which do not fit, when those that are worth most have the first choice.
    public static func evicted(of places: [PatchPlace], within most: Int64) -> [VersionID] {
        var left = most
        var evicted: [VersionID] = []
        for place in places.sorted(by: { ($0.rank, $0.from) < ($1.rank, $1.from) }) {
            if place.size <= left { left -= place.size } else { evicted.append(place.from) }
        }
        return evicted
    }
}
