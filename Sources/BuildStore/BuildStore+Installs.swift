public import Content
import FoundationEssentials
import Postgres

/// How many players have which version.
public struct InstallCount: Equatable, Sendable {
    public let version: VersionID
    public let installs: Int64

    public init(version: VersionID, installs: Int64) {
        self.version = version
        self.installs = installs
    }
}

extension BuildStore {
    /// Days for which counts are kept; patches are made by the latest.
    public static let installDays = 30

    /// Records how many players have versions on a day, in place of what was said before of the same day and version.
    ///
    /// Counts of these versions that are older than ``installDays`` go.
    ///
    /// - Parameters:
    ///   - day: as `2026-11-25`, UTC.
    ///   - counts: each version once.
    /// - Returns: the versions that there are; of others nothing is kept.
    public func record(_ counts: [InstallCount], on day: String) async throws -> Set<VersionID> {
        try await self.database.transaction { transaction in
            try await transaction.execute(
                """
                DELETE FROM version_installs
                WHERE version_id = ANY (\(counts.map(\.version.uuid))::uuid[])
                  AND day <= (now() AT TIME ZONE 'UTC')::date - \(Int32(Self.installDays))
                """)
            let rows = try await transaction.rows(
                """
                INSERT INTO version_installs (version_id, day, installs)
                SELECT version.version_id, \(day)::text::date, fresh.installs
                FROM unnest(\(counts.map(\.version.uuid))::uuid[], \(counts.map(\.installs))::bigint[])
                     AS fresh (version_id, installs)
                JOIN game_versions AS version ON version.version_id = fresh.version_id
                ORDER BY version.version_id
                ON CONFLICT (version_id, day) DO UPDATE SET installs = EXCLUDED.installs
                RETURNING version_id
                """)
            var known: Set<VersionID> = []
            for row in rows { known.insert(try row("version_id")) }
            return known
        }
    }
}
