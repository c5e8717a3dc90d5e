import Accounts
import ClamAV
import Content
import Digests
public import FoundationEssentials
public import JobLifecycle
public import JobQueue
import ObjectStore
import Storefront

/// Looks at a company's document: that it is what it says it is, and clean.
///
/// Small enough to be held in memory once. Safe to repeat: it writes one row, always to the same value.
public struct ScanDocument: Job {
    public static let kind: JobKind = "scan-document"
    public static let policy = JobPolicy(
        queue: "scan", retry: RetryPolicy(maxAttempts: 5, base: .seconds(2)), timeout: .seconds(600))

    let document: UUID

    public init(document: UUID) { self.document = document }
}

struct ScanDocumentHandler: JobHandler {
    let accounts: Accounts
    let store: any ObjectStore
    let scanner: any MalwareScanner

    private static let deadline = Duration.seconds(120)

    func perform(_ work: ScanDocument, attempt: Attempt) async throws -> Outcome {
        guard let document = try await self.accounts.document(DocumentID(work.document)), document.state == .scanning
        else { return .completed }
        let (digest, reason) = try await self.look(at: document)
        return .completed { transaction in
            try await Accounts.settleDocument(document, digest: digest, reason: reason, in: transaction)
        }
    }

    /// - Returns: the reason to reject it; nil when there is none.
    private func look(at document: Document) async throws -> (Digest?, String?) {
        let bytes: [UInt8]
        do throws(ObjectStoreError) {
            let key = try ObjectKey(validating: document.objectKey)
            bytes = try await self.store.read(key, range: nil, limit: document.size)
        } catch .notFound {
            return (nil, "upload-missing")
        } catch .tooLarge {
            return (nil, "size-mismatch")
        }
        let digest = Digest.sha256(of: bytes)
        guard bytes.count == document.size.bytes else { return (digest, "size-mismatch") }
        guard document.format.matches(bytes) else { return (digest, "wrong-format") }
        switch try await self.scan(bytes) {
        case .clean: return (digest, nil)
        case .infected: return (digest, "malware-found")
        case .incomplete: return (digest, "scan-incomplete")
        }
    }

    /// The scanner wants a file; it has one for as long as it looks.
    private func scan(_ bytes: [UInt8]) async throws -> ScanVerdict {
        let path = FileManager.default.temporaryDirectory.appending(path: "slipway-document-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(bytes).write(to: path)
        return try await self.scanner.scan(
            .path(path.path), size: Int64(bytes.count), deadline: Self.deadline)
    }
}
