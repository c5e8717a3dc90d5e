public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// A paper that proves who a company is.
public enum DocumentSubject {}

public typealias DocumentID = Identifier<DocumentSubject>

/// One row of `developer_documents`.
public struct Document: Equatable, Sendable {
    public let id: DocumentID
    public let developer: DeveloperID
    public let kind: DocumentKind
    public let fileName: String
    public let format: DocumentFormat
    public let size: ByteCount
    /// Where the store has it.
    public let objectKey: String
    public let state: DocumentState
    /// Known once it was looked at.
    public let digest: Digest?
    /// Why it was rejected: `malware-found`, `scan-incomplete`, `wrong-format`, `size-mismatch`, `upload-missing`.
    public let reason: String?
    public let uploadedBy: UserID
    public let createdAt: Date
    public let completedAt: Date?

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("document_id")
        self.developer = try row("developer_id")
        self.kind = try row.word("kind")
        self.fileName = try row("file_name")
        self.format = try row.word("content_type")
        self.size = try row("file_size")
        self.objectKey = try row("object_key")
        self.state = try row.word("state")
        self.digest = try row("file_hash")
        self.reason = try row("reason")
        self.uploadedBy = try row("uploaded_by")
        self.createdAt = try row("created_at")
        self.completedAt = try row("completed_at")
    }

    static let columns: SQL = """
        document_id, developer_id, kind, file_name, content_type, file_size, object_key, state, file_hash, reason,
        uploaded_by, created_at, completed_at
        """
}

extension Row {
    /// A column that holds one of the words of an enum.
    fileprivate func word<Word: RawRepresentable<String>>(_ column: String) throws(PostgresError) -> Word {
        let text: String = try self(column)
        guard let word = Word(rawValue: text) else {
            throw .decoding(column: column, expected: "\(Word.self)", got: text)
        }
        return word
    }
}
