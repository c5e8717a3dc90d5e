public import Content
public import Postgres

/// The chunks found in one file.
public struct FileChunks: Sendable {
    public let number: Int
    /// The root over the chunks.
    public let digest: Digest
    public let chunks: ChunkList

    public init(number: Int, digest: Digest, chunks: ChunkList) {
        self.number = number
        self.digest = digest
        self.chunks = chunks
    }
}

extension BuildStore {
    /// Records what a build holds, in place of what an earlier attempt recorded.
    ///
    /// - Parameter files: numbered from 0 without gaps; gone through once, so they may be made on the way.
    public func record(
        _ files: some Sequence<FileRecord>, of version: VersionID, in transaction: Transaction
    ) async throws {
        try await self.forget(version, in: transaction)
        _ = try await transaction.copy(
            into: "build_files", columns: ["version_id", "file_no", "path", "entry", "size", "executable", "target"],
            rows: files.lazy.map { file in
                [
                    version, Int32(file.number), file.path.text, file.entry.rawValue, file.size, file.executable,
                    file.target,
                ] as [any SQLEncodable]
            })
    }

    /// Records the chunks of files, gone through once.
    public func record(
        _ files: some Sequence<FileChunks>, of version: VersionID, in transaction: Transaction
    ) async throws {
        _ = try await transaction.copy(
            into: "file_chunks", columns: ["version_id", "file_no", "digest", "chunks"],
            rows: files.lazy.map { file in
                [version, Int32(file.number), file.digest, file.chunks.encoded] as [any SQLEncodable]
            })
    }

    /// Some paths of a build by their numbers, in order.
    public func files(
        of version: VersionID, numbers: Range<Int>, in executor: some SQLExecutor
    ) async throws -> [FileRecord] {
        try await executor.rows(
            """
            SELECT file.file_no, file.path, file.entry, file.size, file.executable, file.target, chunks.digest
            FROM build_files AS file LEFT JOIN file_chunks AS chunks USING (version_id, file_no)
            WHERE file.version_id = \(version)
              AND file.file_no >= \(Int32(numbers.lowerBound)) AND file.file_no < \(Int32(numbers.upperBound))
            ORDER BY file.file_no
            """
        ).map(FileRecord.init)
    }

    /// Some paths of a build by their numbers, in order.
    public func files(
        of version: VersionID, numbers: [Int], in executor: some SQLExecutor
    ) async throws -> [FileRecord] {
        try await executor.rows(
            """
            SELECT file.file_no, file.path, file.entry, file.size, file.executable, file.target, chunks.digest
            FROM build_files AS file LEFT JOIN file_chunks AS chunks USING (version_id, file_no)
            WHERE file.version_id = \(version) AND file.file_no = ANY (\(numbers.map(Int32.init))::integer[])
            ORDER BY file.file_no
            """
        ).map(FileRecord.init)
    }

    /// How many paths a build has.
    public func countFiles(of version: VersionID, in executor: some SQLExecutor) async throws(PostgresError) -> Int {
        let rows = try await executor.rows(
            "SELECT count(*) AS files FROM build_files WHERE version_id = \(version)")
        let count: Int64 = try rows.first?("files") ?? 0
        return Int(count)
    }

    /// One page of a build's paths, in order.
    public func files(of version: VersionID, after path: String?, limit: Int) async throws -> [FileRecord] {
        try await self.database.rows(
            """
            SELECT file.file_no, file.path, file.entry, file.size, file.executable, file.target, chunks.digest
            FROM build_files AS file LEFT JOIN file_chunks AS chunks USING (version_id, file_no)
            WHERE file.version_id = \(version) AND (\(path)::text IS NULL OR file.path > \(path)::text COLLATE "C")
            ORDER BY file.file_no LIMIT \(Int64(min(max(limit, 1), 1000)))
            """
        ).map(FileRecord.init)
    }

    /// The chunks of some files, in order of their numbers.
    public func chunks(
        of version: VersionID, numbers: Range<Int>, in executor: some SQLExecutor
    ) async throws(PostgresError) -> [FileChunks] {
        try await executor.rows(
            """
            SELECT file_no, digest, chunks FROM file_chunks
            WHERE version_id = \(version)
              AND file_no >= \(Int32(numbers.lowerBound)) AND file_no < \(Int32(numbers.upperBound))
            ORDER BY file_no
            """
        ).map { row throws(PostgresError) in
            let number: Int32 = try row("file_no")
            let digest: [UInt8] = try row("digest")
            let bytes: [UInt8] = try row("chunks")
            guard let chunks = ChunkList(decoding: bytes) else {
                throw .decoding(column: "chunks", expected: "36-byte records", got: "\(bytes.count) bytes")
            }
            return FileChunks(number: Int(number), digest: Digest(bytes: digest), chunks: chunks)
        }
    }
}
