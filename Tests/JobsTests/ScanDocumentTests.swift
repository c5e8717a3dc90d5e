import Accounts
import ClamAV
import Content
import Digests
import FoundationEssentials
import JobQueue
import ObjectStore
import Postgres
import Storefront
import TestKit
import Testing

@testable import Jobs

@Suite("Looking at documents")
struct ScanDocumentTests {
    private static let bytes = Array("%PDF-1.7 charter".utf8)

    /// Runs the job on a document of a company, as a worker would, as often as asked.
    private static func look(
        at bytes: [UInt8]?, declared size: Int = Self.bytes.count, verdict: ScanVerdict? = nil, times: Int = 1
    ) async throws -> Document {
        var settled: Document?
        try await ShopJobFixture.with { fixture in
            let accounts = Accounts(database: fixture.database)
            let reserved = try await accounts.reserveDocument(
                .charter, name: "a.pdf", format: .pdf, size: ByteCount(size), for: fixture.developer,
                by: UserID(UUID()))
            if let bytes {
                _ = try await fixture.store.put(
                    try ObjectKey(validating: reserved.objectKey), .bytes(bytes), digest: nil, condition: .always)
            }
            _ = try await accounts.completeDocument(reserved.id, of: fixture.developer, looking: { _ in })
            let handler = ScanDocumentHandler(
                accounts: accounts, store: fixture.store, scanner: try OneVerdict(verdict))
            let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
            for _ in 0..<times {
                let outcome = try await handler.perform(ScanDocument(document: reserved.id.uuid), attempt: attempt)
                if case .completed(let recording?) = outcome {
                    try await fixture.database.transaction { try await recording($0) }
                }
            }
            settled = try await accounts.document(reserved.id)
        }
        return try #require(settled)
    }

    @Test("AC-2: a clean document is ready with its hash, however often it is looked at")
    func clean() async throws {
        let document = try await Self.look(at: Self.bytes, times: 2)
        #expect(document.state == .ready && document.reason == nil)
        #expect(document.digest == Digest.sha256(of: Self.bytes))
    }

    @Test(
        "AC-2, SE-4: malware, a look that was not whole, another format or size, and nothing at all are refused by name"
    )
    func refused() async throws {
        let cases: [([UInt8]?, Int, ScanVerdict?, String)] = [
            (Self.bytes, Self.bytes.count, .infected(signature: "Evil", covered: 16), "malware-found"),
            (Self.bytes, Self.bytes.count, .incomplete(.windows, covered: 3), "scan-incomplete"),
            (Array("MZ not a paper!!".utf8), 16, nil, "wrong-format"), (Self.bytes, 99, nil, "size-mismatch"),
            (Self.bytes, 3, nil, "size-mismatch"), (nil, 16, nil, "upload-missing"),
        ]
        for (bytes, size, verdict, reason) in cases {
            let document = try await Self.look(at: bytes, declared: size, verdict: verdict)
            #expect(document.state == .rejected && document.reason == reason)
        }
    }
}
