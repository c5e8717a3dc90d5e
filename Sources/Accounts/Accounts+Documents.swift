public import Content
import FoundationEssentials
import Platform
public import Postgres
public import Storefront

extension Accounts {
    /// Documents of one company, at most.
    static let maximumDocuments = 50

    /// Reserves a document whose bytes are still to come.
    ///
    /// - Throws: ``AccountsError/tooManyDocuments(limit:)``, or `PostgresError`.
    public func reserveDocument(
        _ kind: DocumentKind, name: String, format: DocumentFormat, size: ByteCount, for company: DeveloperID,
        by user: UserID
    ) async throws -> Document {
        try await self.database.transaction { transaction in
            try await transaction.execute("SELECT 1 FROM developers WHERE developer_id = \(company) FOR NO KEY UPDATE")
            let count = try await transaction.rows(
                "SELECT 1 FROM developer_documents WHERE developer_id = \(company) LIMIT \(Self.maximumDocuments)"
            ).count
            guard count < Self.maximumDocuments else {
                throw AccountsError.tooManyDocuments(limit: Self.maximumDocuments)
            }
            let id = DocumentID(UUID())
            let row = try await transaction.row(
                """
                INSERT INTO developer_documents
                    (document_id, developer_id, kind, file_name, content_type, file_size, object_key, uploaded_by)
                VALUES (\(id), \(company), \(kind.rawValue), \(name), \(format.rawValue), \(size),
                        \("documents/\(company)/\(id)"), \(user))
                RETURNING \(Document.columns)
                """)
            guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
            return try Document(row)
        }
    }

    /// The company's documents, newest first; at most 50.
    public func documents(of company: DeveloperID) async throws(PostgresError) -> [Document] {
        try await self.database.rows(
            """
            SELECT \(Document.columns) FROM developer_documents
            WHERE developer_id = \(company)
            ORDER BY created_at DESC, document_id
            LIMIT \(Self.maximumDocuments)
            """
        ).map { row throws(PostgresError) in try Document(row) }
    }

    /// - Returns: nil when it does not exist, or is another company's.
    public func document(_ id: DocumentID, of company: DeveloperID) async throws(PostgresError) -> Document? {
        try await self.database.row(
            """
            SELECT \(Document.columns) FROM developer_documents
            WHERE document_id = \(id) AND developer_id = \(company)
            """
        ).map { row throws(PostgresError) in try Document(row) }
    }

    /// - Returns: nil when it does not exist; for jobs.
    public func document(_ id: DocumentID) async throws(PostgresError) -> Document? {
        try await self.database.row(
            "SELECT \(Document.columns) FROM developer_documents WHERE document_id = \(id)"
        ).map { row throws(PostgresError) in try Document(row) }
    }

    /// Says that the bytes are there; once more changes nothing.
    ///
    /// - Parameter looking: has them looked at, when the transaction commits.
    /// - Returns: nil when it does not exist, or is another company's.
    public func completeDocument(
        _ id: DocumentID, of company: DeveloperID, looking: (Transaction) async throws -> Void
    ) async throws -> Document? {
        try await self.database.transaction { transaction -> Document? in
            guard let document = try await Self.lock(id, of: company, by: transaction) else { return nil }
            guard document.state == .uploading else { return document }
            let next = try document.state.applying(.complete)
            let row = try await transaction.row(
                """
                UPDATE developer_documents SET state = \(next.rawValue), completed_at = now()
                WHERE document_id = \(id)
                RETURNING \(Document.columns)
                """)
            try await looking(transaction)
            try await AuditLog.append(document.audited("document.uploaded"), in: transaction)
            return try row.map(Document.init)
        }
    }

    /// Records what looking at it has shown, in the transaction that ends the job.
    ///
    /// - Parameter reason: why it is rejected; nil when it is fine.
    public static func settleDocument(
        _ document: Document, digest: Digest?, reason: String?, in transaction: Transaction
    ) async throws {
        let next = try DocumentState.scanning.applying(reason == nil ? .pass : .refuse)
        try await transaction.execute(
            """
            UPDATE developer_documents SET state = \(next.rawValue), file_hash = \(digest), reason = \(reason)
            WHERE document_id = \(document.id) AND state = \(DocumentState.scanning.rawValue)
            """)
        try await AuditLog.append(
            AuditEntry(
                developer: document.developer, action: "document.\(next.rawValue)", target: "document/\(document.id)",
                after: ["reason": .text(reason)]),
            in: transaction)
    }

    /// Forgets a document.
    ///
    /// - Parameter erase: deletes its object, at the end of the transaction; an absent one is fine.
    /// - Returns: false when it does not exist, or is another company's.
    public func deleteDocument(
        _ id: DocumentID, of company: DeveloperID, erase: (String) async throws -> Void
    ) async throws -> Bool {
        try await self.database.transaction { transaction in
            guard let document = try await Self.lock(id, of: company, by: transaction) else { return false }
            try await transaction.execute("DELETE FROM developer_documents WHERE document_id = \(id)")
            try await AuditLog.append(document.audited("document.deleted"), in: transaction)
            try await erase(document.objectKey)
            return true
        }
    }

    private static func lock(
        _ id: DocumentID, of company: DeveloperID, by transaction: Transaction
    ) async throws(PostgresError) -> Document? {
        try await transaction.row(
            """
            SELECT \(Document.columns) FROM developer_documents
            WHERE document_id = \(id) AND developer_id = \(company)
            FOR NO KEY UPDATE
            """
        ).map { row throws(PostgresError) in try Document(row) }
    }
}

extension Document {
    /// What the audit log remembers of it.
    fileprivate func audited(_ action: String) -> AuditEntry {
        AuditEntry(
            developer: self.developer, action: action, target: "document/\(self.id)",
            after: [
                "kind": .string(self.kind.rawValue), "file_name": .string(self.fileName),
                "file_size": .integer(self.size.bytes),
            ])
    }
}
