public import Content
public import FoundationEssentials
public import Postgres

extension BuildStore {
    /// Which of these contents the same engine, with the same signatures and limits, has found clean.
    public func clean(
        _ digests: [Digest], engine: String, in executor: some SQLExecutor
    ) async throws(PostgresError) -> Set<Digest> {
        let rows = try await executor.rows(
            """
            SELECT verdict.digest
            FROM unnest(\(digests)::bytea[]) AS wanted (digest)
            JOIN scan_verdicts AS verdict ON verdict.digest = wanted.digest AND verdict.engine = \(engine)
            WHERE verdict.verdict = 'clean'
            """)
        var clean: Set<Digest> = []
        for row in rows {
            let digest: [UInt8] = try row("digest")
            clean.insert(Digest(bytes: digest))
        }
        return clean
    }

    /// Records verdicts; the latest of an engine holds.
    public func record(
        _ verdicts: [ScanRecord], engine: String, in executor: some SQLExecutor
    ) async throws(PostgresError) {
        guard !verdicts.isEmpty else { return }
        try await executor.execute(
            """
            INSERT INTO scan_verdicts (digest, engine, verdict, signature, reason, covered)
            SELECT DISTINCT ON (fresh.digest)
                   fresh.digest, \(engine), fresh.verdict, fresh.signature, fresh.reason, fresh.covered
            FROM unnest(
                \(verdicts.map(\.digest))::bytea[], \(verdicts.map(\.verdict.rawValue))::text[],
                \(verdicts.map(\.signature))::text[], \(verdicts.map(\.reason))::text[],
                \(verdicts.map(\.covered))::bigint[])
                AS fresh (digest, verdict, signature, reason, covered)
            ORDER BY fresh.digest
            ON CONFLICT (digest, engine) DO UPDATE
            SET verdict = EXCLUDED.verdict, signature = EXCLUDED.signature, reason = EXCLUDED.reason,
                covered = EXCLUDED.covered, scanned_at = now()
            """)
    }

    /// Records which files will be scanned by which job, and what the whole amounts to.
    public func record(
        _ plans: [ScanPlan], engine: String, bundled: Bool, files: Int, bytes: Int64, of version: VersionID,
        in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute("DELETE FROM scan_plans WHERE version_id = \(version)")
        for plan in plans {
            try await transaction.execute(
                """
                INSERT INTO scan_plans (version_id, batch_no, bytes, files)
                VALUES (\(version), \(Int32(plan.number)), \(plan.bytes), \(plan.files.map(Int32.init))::integer[])
                """)
        }
        let scanned = plans.reduce(0) { $0 + $1.files.count }
        let scannedBytes = plans.reduce(Int64(0)) { $0 + $1.bytes }
        try await transaction.execute(
            """
            INSERT INTO version_scans (version_id, engine, bundled, files, bytes, files_scanned, bytes_scanned)
            VALUES (\(version), \(engine), \(bundled), \(Int32(files)), \(bytes), \(Int32(scanned)), \(scannedBytes))
            ON CONFLICT (version_id) DO UPDATE
            SET engine = EXCLUDED.engine, bundled = EXCLUDED.bundled, files = EXCLUDED.files, bytes = EXCLUDED.bytes,
                files_scanned = EXCLUDED.files_scanned, bytes_scanned = EXCLUDED.bytes_scanned, finished_at = NULL,
                rescanned_engine = NULL, rescanned_at = NULL
            """)
    }

    /// The plan of one scan job.
    public func scanPlan(_ number: Int, of version: VersionID) async throws(PostgresError) -> ScanPlan? {
        let rows = try await self.database.rows(
            "SELECT bytes, files FROM scan_plans WHERE version_id = \(version) AND batch_no = \(Int32(number))")
        guard let row = rows.first else { return nil }
        let files: [Int32] = try row("files")
        return ScanPlan(number: number, files: files.map(Int.init), bytes: try row("bytes"))
    }

    /// What a version's scan covered; nil before it was planned.
    public func scan(of version: VersionID) async throws(PostgresError) -> ScanSummary? {
        try await self.database.rows(
            """
            SELECT engine, bundled, files, bytes, files_scanned, bytes_scanned, finished_at, rescanned_engine,
                   rescanned_at
            FROM version_scans WHERE version_id = \(version)
            """
        ).first.map { row throws(PostgresError) in try ScanSummary(row) }
    }

    /// Records that every file of a version has a clean verdict.
    public func finishScan(of version: VersionID, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            "UPDATE version_scans SET finished_at = clock_timestamp() WHERE version_id = \(version)")
    }

    /// Files of a version whose content has no clean verdict; none is what publishing needs.
    ///
    /// - Parameters:
    ///   - engine: whose verdicts count, however old.
    ///   - begin: verdicts of any engine since then count as well: signatures may change while a build is scanned.
    ///   - waived: reasons for which an incomplete verdict passes, at the operator's word.
    public func notClean(
        of version: VersionID, engine: String, since begin: Date?, waiving waived: [String], limit: Int
    ) async throws -> [FileRecord] {
        try await self.database.rows(
            """
            SELECT file.file_no, file.path, file.entry, file.size, file.executable, file.target, chunks.digest
            FROM build_files AS file LEFT JOIN file_chunks AS chunks USING (version_id, file_no)
            WHERE file.version_id = \(version) AND file.entry = 'file'
              AND NOT EXISTS (
                  SELECT FROM scan_verdicts AS verdict
                  WHERE verdict.digest = chunks.digest
                    AND (verdict.verdict = 'clean'
                         OR verdict.verdict = 'incomplete' AND verdict.reason = ANY (\(waived)::text[]))
                    AND (verdict.engine = \(engine) OR verdict.scanned_at >= \(begin)::timestamptz))
            ORDER BY file.file_no LIMIT \(Int64(limit))
            """
        ).map(FileRecord.init)
    }
}
