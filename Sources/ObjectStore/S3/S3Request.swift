import Content
import SigV4
import Synchronization

/// One request to a bucket, before it is signed.
struct S3Request: Sendable {
    var method: String

    /// Nil for the bucket itself.
    var key: ObjectKey?
    var query: [UnsignedRequest.Field] = []

    /// Besides those that signing adds; all of them are signed.
    var headers: [UnsignedRequest.Field] = []
    var body: ObjectBody = .bytes([])

    /// SHA-256 of the body, if known.
    var digest: Digest?

    /// What is signed for the body in place of what it is; for probes.
    var signedBody: PayloadHash?

    /// Whether its checksum goes with it where that costs nothing: whole objects, and parts where the store takes it.
    var carriesChecksum = false

    /// Nil for the store's own limit.
    var stallLimit: Duration?

    /// A missing object is an answer, not a failure: the status 404 is returned.
    var acceptsMissing = false

    /// Counts how often it was sent.
    let attempts = Attempts()

    init(_ method: String, _ key: ObjectKey?) {
        self.method = method
        self.key = key
    }

    /// Whether two of them at once do no more than one.
    var isHedgeable: Bool { ["GET", "HEAD"].contains(self.method) }

    /// Whether it can be sent a second time.
    var isRepeatable: Bool {
        if case .stream = self.body { false } else { true }
    }
}

/// How often a request was sent.
final class Attempts: Sendable {
    private let sent = Atomic<Int>(0)

    func begin() { self.sent.add(1, ordering: .relaxed) }

    /// Whether an earlier try may have done its work before its answer was lost.
    var isRepeated: Bool { self.sent.load(ordering: .relaxed) > 1 }
}
