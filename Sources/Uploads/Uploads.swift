public import BuildStore
public import Content
import FoundationEssentials
public import Multipart
public import ObjectStore
public import Postgres

/// Receives builds: reserves a version, plans the parts, takes or signs them, and commits.
///
/// The store's own list of parts is the truth about what has arrived; nothing here remembers it. Every call may be repeated,
/// and every process may die between any two of them.
public struct Uploads: Sendable {
    let database: Database
    let builds: BuildStore
    let store: any ObjectStore
    public let policy: UploadPolicy

    public init(database: Database, builds: BuildStore, store: any ObjectStore, policy: UploadPolicy) {
        self.database = database
        self.builds = builds
        self.store = store
        self.policy = policy
    }

    /// Reserves the version, or opens a failed one again, and begins the upload.
    public func begin(_ request: UploadRequest) async throws -> UploadPlan {
        try self.check(request)
        let parts = try PartPlan(size: request.fileSize)
        let record = try await self.database.transaction { transaction in
            let record = try await self.reserve(request, in: transaction)
            try await transaction.execute(
                """
                INSERT INTO upload_sessions
                    (version_id, developer_id, attempt, object_key, file_name, file_size, part_size, file_hash, expires_at)
                VALUES (\(record.id), \(request.developer), \(Int32(record.attempt)), \(record.s3Path), \(request.fileName),
                        \(request.fileSize), \(parts.partSize), \(request.fileHash?.lowercased()),
                        now() + \(self.policy.sessionLife))
                """)
            return record
        }
        return try await self.plan(for: record)
    }

    /// The plan of a version's current upload, with what has arrived.
    public func plan(for version: VersionRecord) async throws -> UploadPlan {
        let session = try await self.session(of: version)
        guard session.state == "open" else { return self.plan(session, version: version, received: []) }
        let storeUpload = try await self.storeUpload(of: session)
        do {
            let received = try await self.store.listParts(session.key, storeUpload)
            return self.plan(session, version: version, received: received)
        } catch .noSuchUpload {
            return self.plan(session, version: version, received: try await self.partsOfObject(session))
        }
    }

    /// All parts when a commit that died made the object of them already: nothing is to be sent then, only committed.
    private func partsOfObject(_ session: UploadSession) async throws -> [PartInfo] {
        guard let info = try await self.store.head(session.key), info.size == session.parts.size else { return [] }
        return (1...session.parts.count).map { number in
            let range = session.parts.range(of: number)
            return PartInfo(
                number: number, size: range.upperBound - range.lowerBound, etag: info.etag, digest: nil)
        }
    }

    /// Signs requests for parts; they hold for a short time and may be asked for again and again.
    public func sign(parts numbers: [Int], of version: VersionRecord) async throws -> [PresignedPart] {
        let session = try await self.openSession(of: version)
        let storeUpload = try await self.storeUpload(of: session)
        var signed: [PresignedPart] = []
        for number in numbers {
            let length = try self.length(of: number, in: session)
            let request = try await self.store.presign(
                .part(session.key, storeUpload, number: number, length: length), expiresIn: self.policy.urlLife,
                now: Date())
            signed.append(
                PresignedPart(
                    number: number, method: request.method, url: request.url, headers: request.headers,
                    expiresAt: request.expiresAt))
        }
        return signed
    }

    /// Takes one part through us.
    ///
    /// - Parameter digest: what the sender says the bytes are.
    public func receive(
        part number: Int, of version: VersionRecord, length: Int64, digest: Digest?, body: ByteStream
    ) async throws -> PartInfo {
        let session = try await self.openSession(of: version)
        let expected = try self.length(of: number, in: session)
        guard length == expected else {
            throw UploadError.partSizeMismatch(expected: ByteCount(expected), got: ByteCount(length))
        }
        let storeUpload = try await self.storeUpload(of: session)
        do {
            return try await self.store.putPart(
                session.key, storeUpload, number: number, .stream(length: length, body), digest: digest)
        } catch .digestMismatch(let declared, let computed) {
            throw UploadError.digestMismatch(declared: declared, computed: computed)
        } catch .sizeMismatch(let expected, let got) {
            throw UploadError.partSizeMismatch(expected: expected, got: got)
        } catch .noSuchUpload {
            throw UploadError.expired
        }
    }

    func session(of version: VersionRecord) async throws -> UploadSession {
        let rows = try await self.database.rows(
            """
            SELECT \(UploadSession.columns) FROM upload_sessions
            WHERE version_id = \(version.id) AND attempt = \(Int32(version.attempt))
            """)
        guard let row = rows.first else { throw UploadError.expired }
        return try UploadSession(row)
    }

    /// The store's upload of a session; begun when it is first needed, so that a crash leaves a session to go on with.
    private func storeUpload(of session: UploadSession) async throws -> MultipartUploadID {
        if let upload = session.storeUpload { return upload }
        let fresh = try await self.store.beginMultipart(session.key)
        let rows = try await self.database.rows(
            """
            UPDATE upload_sessions SET store_upload = coalesce(store_upload, \(fresh.text))
            WHERE upload_id = \(session.id)
            RETURNING store_upload
            """)
        guard let row = rows.first else { throw UploadError.expired }
        let kept = MultipartUploadID(try row("store_upload"))
        if kept != fresh { try await self.store.abortMultipart(session.key, fresh) }
        return kept
    }

    func openSession(of version: VersionRecord) async throws -> UploadSession {
        guard version.status == .uploading else { throw UploadError.versionClosed(status: version.status) }
        let session = try await self.session(of: version)
        guard session.state == "open", !session.isExpired else { throw UploadError.expired }
        return session
    }

    private func length(of number: Int, in session: UploadSession) throws -> Int64 {
        guard (1...session.parts.count).contains(number) else {
            throw UploadError.partOutOfRange(number, of: session.parts.count)
        }
        let range = session.parts.range(of: number)
        return range.upperBound - range.lowerBound
    }

    private func check(_ request: UploadRequest) throws {
        guard request.fileSize > 0, request.fileSize <= self.policy.maximumSize.bytes else {
            throw UploadError.sizeInvalid(limit: self.policy.maximumSize)
        }
        let scalars = request.versionString.unicodeScalars
        guard !scalars.isEmpty, scalars.count <= self.policy.maximumVersionString,
            scalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw UploadError.versionStringInvalid(limit: self.policy.maximumVersionString) }
    }

    private func reserve(_ request: UploadRequest, in transaction: Transaction) async throws -> VersionRecord {
        let reservation = try await self.builds.reserve(
            request.versionString, of: request.game, developer: request.developer, fileSize: request.fileSize,
            changelog: request.changelog, key: { "uploads/\(request.developer)/\($0)/\($1)" }, in: transaction)
        switch reservation {
        case .reserved(let record): return record
        case .noGame: throw UploadError.notFound
        case .taken(let record): throw UploadError.versionExists(record.versionString, status: record.status)
        }
    }

    private func plan(_ session: UploadSession, version: VersionRecord, received: [PartInfo]) -> UploadPlan {
        UploadPlan(
            upload: session.id, version: version, parts: session.parts, received: received,
            expiresAt: session.expiresAt,
            state: session.state == "open" && session.isExpired ? "expired" : session.state)
    }
}
