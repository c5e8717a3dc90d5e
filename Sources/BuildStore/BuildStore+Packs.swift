public import Content
public import Postgres

/// An object that holds many chunks.
public struct PackRecord: Sendable {
    public let id: Int64
    public let digest: Digest
    public let objectKey: String
    public let size: Int64
}

/// Where one chunk lies.
public struct ChunkLocation: Sendable {
    public let digest: Digest
    public let length: Int
    public let pack: Int64
    public let offset: Int64
    public let storedLength: Int
    public let codec: ChunkCodec

    public init(digest: Digest, length: Int, pack: Int64, offset: Int64, storedLength: Int, codec: ChunkCodec) {
        self.digest = digest
        self.length = length
        self.pack = pack
        self.offset = offset
        self.storedLength = storedLength
        self.codec = codec
    }
}

extension BuildStore {
    /// Which of these chunks a studio has stored already.
    ///
    /// The packs that hold them are bound to the version, under a lock that a concurrent clean-up of them respects: what
    /// is counted on here stays.
    public func keepStored(
        _ digests: [Digest], developer: DeveloperID, for version: VersionID, in transaction: Transaction
    ) async throws(PostgresError) -> Set<Digest> {
        let rows = try await transaction.rows(
            """
            WITH found AS MATERIALIZED (
                SELECT chunk.digest, chunk.pack_id
                FROM unnest(\(digests)::bytea[]) AS wanted (digest)
                JOIN chunks AS chunk ON chunk.developer_id = \(developer) AND chunk.digest = wanted.digest
            ), locked AS MATERIALIZED (
                SELECT pack_id FROM packs
                WHERE pack_id IN (SELECT pack_id FROM found) AND stored_at IS NOT NULL
                ORDER BY pack_id FOR KEY SHARE
            ), bound AS (
                INSERT INTO version_packs (version_id, pack_id)
                SELECT \(version), pack_id FROM locked
                ON CONFLICT DO NOTHING
            )
            SELECT found.digest FROM found JOIN locked USING (pack_id)
            """)
        var stored: Set<Digest> = []
        for row in rows {
            let digest: [UInt8] = try row("digest")
            stored.insert(Digest(bytes: digest))
        }
        return stored
    }

    /// Makes room for a new plan of packs.
    public func forgetPackPlans(of version: VersionID, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute("DELETE FROM pack_plans WHERE version_id = \(version)")
    }

    /// Records the plan of one pack.
    public func record(
        _ plan: PackPlan, of version: VersionID, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO pack_plans (version_id, pack_no, bytes, entries)
            VALUES (\(version), \(Int32(plan.number)), \(plan.size), \(plan.encoded))
            """)
    }

    /// The plan of one pack of a version.
    public func packPlan(_ number: Int, of version: VersionID) async throws(PostgresError) -> PackPlan? {
        let rows = try await self.database.rows(
            "SELECT entries FROM pack_plans WHERE version_id = \(version) AND pack_no = \(Int32(number))")
        guard let row = rows.first else { return nil }
        let bytes: [UInt8] = try row("entries")
        guard let plan = PackPlan(number: number, decoding: bytes) else {
            throw .decoding(column: "entries", expected: "48-byte records", got: "\(bytes.count) bytes")
        }
        return plan
    }

    /// Records that a pack is about to be sent, so that it is found again whatever happens.
    ///
    /// The same pack of the same studio has one row; it is bound to the version at once.
    public func announce(
        pack digest: Digest, size: Int64, key: String, developer: DeveloperID, for version: VersionID
    ) async throws -> Int64 {
        try await self.database.transaction { transaction in
            let rows = try await transaction.rows(
                """
                INSERT INTO packs (developer_id, digest, object_key, size)
                VALUES (\(developer), \(digest), \(key), \(size))
                ON CONFLICT (developer_id, digest) DO UPDATE SET object_key = packs.object_key
                RETURNING pack_id
                """)
            guard let row = rows.first else { throw PostgresError.unexpected("no pack id") }
            let pack: Int64 = try row("pack_id")
            try await transaction.execute(
                """
                INSERT INTO version_packs (version_id, pack_id) VALUES (\(version), \(pack))
                ON CONFLICT DO NOTHING
                """)
            return pack
        }
    }

    /// Records that the store has a pack, and where its chunks lie in it. A chunk that is stored already stays where it is.
    public func markStored(
        _ pack: Int64, chunks: [ChunkLocation], developer: DeveloperID, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            "UPDATE packs SET stored_at = coalesce(stored_at, now()) WHERE pack_id = \(pack)")
        try await transaction.execute(
            """
            INSERT INTO chunks (developer_id, digest, length, pack_id, pack_offset, stored_length, codec)
            SELECT \(developer), fresh.digest, fresh.length, \(pack), fresh.place, fresh.stored_length, fresh.codec
            FROM unnest(
                \(chunks.map(\.digest))::bytea[], \(chunks.map { Int32($0.length) })::integer[],
                \(chunks.map(\.offset))::bigint[], \(chunks.map { Int32($0.storedLength) })::integer[],
                \(chunks.map { Int16($0.codec.rawValue) })::smallint[])
                AS fresh (digest, length, place, stored_length, codec)
            ON CONFLICT (developer_id, digest) DO NOTHING
            """)
    }

    /// Where a studio's chunks lie; those it has not stored are absent.
    public func locations(
        of digests: [Digest], developer: DeveloperID, in executor: some SQLExecutor
    ) async throws(PostgresError) -> [ChunkLocation] {
        try await executor.rows(
            """
            SELECT chunk.digest, chunk.length, chunk.pack_id, chunk.pack_offset, chunk.stored_length, chunk.codec
            FROM unnest(\(digests)::bytea[]) AS wanted (digest)
            JOIN chunks AS chunk ON chunk.developer_id = \(developer) AND chunk.digest = wanted.digest
            """
        ).map { row throws(PostgresError) in
            let digest: [UInt8] = try row("digest")
            let length: Int32 = try row("length")
            let storedLength: Int32 = try row("stored_length")
            let codec: Int16 = try row("codec")
            guard let codec = ChunkCodec(rawValue: Int(codec)) else {
                throw .decoding(column: "codec", expected: "0 or 1", got: "\(codec)")
            }
            return ChunkLocation(
                digest: Digest(bytes: digest), length: Int(length), pack: try row("pack_id"),
                offset: try row("pack_offset"), storedLength: Int(storedLength), codec: codec)
        }
    }

    /// The packs that a version keeps alive.
    public func packs(of version: VersionID, in executor: some SQLExecutor) async throws(PostgresError) -> [PackRecord]
    {
        try await executor.rows(
            """
            SELECT pack.pack_id, pack.digest, pack.object_key, pack.size
            FROM version_packs JOIN packs AS pack USING (pack_id)
            WHERE version_packs.version_id = \(version)
            ORDER BY pack.pack_id
            """
        ).map { row throws(PostgresError) in try PackRecord(row) }
    }

    /// A pack of a version by its name.
    public func pack(digest: Digest, of version: VersionID) async throws(PostgresError) -> PackRecord? {
        try await self.database.rows(
            """
            SELECT pack.pack_id, pack.digest, pack.object_key, pack.size
            FROM version_packs JOIN packs AS pack USING (pack_id)
            WHERE version_packs.version_id = \(version) AND pack.digest = \(digest)
            """
        ).first.map { row throws(PostgresError) in try PackRecord(row) }
    }
}

extension PackRecord {
    init(_ row: Row) throws(PostgresError) {
        let digest: [UInt8] = try row("digest")
        self.init(
            id: try row("pack_id"), digest: Digest(bytes: digest), objectKey: try row("object_key"),
            size: try row("size"))
    }
}
