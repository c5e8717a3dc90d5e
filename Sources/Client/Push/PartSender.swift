import Content
import Digests
import FoundationEssentials
import Synchronization
import Threads

/// Sends what the store lacks of an upload, several parts at a time.
///
/// Every byte is read once, in order: for the digest of the whole, the digest of its part, and the sending. Memory holds
/// the parts under way and no more.
struct PartSender: Sendable {
    let client: ServiceClient
    let version: VersionID
    let game: GameID
    let source: any PushSource
    let pool: ThreadPool

    struct Outcome: Sendable {
        /// Of everything, sent or not.
        let digest: Digest
        /// Bytes that went out, those of repeated parts once.
        let sent: Int64
    }

    private static let memory: Int64 = 64 << 20
    private static let mostUnderWay = 6
    /// How often one part's address may be refused, or its bytes arrive changed.
    private static let attempts = 4

    /// Codes, ours and S3's, that say the bytes did not arrive as they were sent.
    private static let transitFaults: Set<String> = [
        "digest-mismatch", "size-mismatch", "BadDigest", "IncompleteBody", "RequestTimeout",
        "XAmzContentChecksumMismatch",
    ]

    /// - Parameter upload: what the store has. Parts it has are read and compared, and sent again when they differ.
    func run(_ upload: UploadDocument, _ counter: StageCounter) async throws -> Outcome {
        let urls = PartURLs(upload, self.version, self.game, client: self.client)
        let received = Dictionary(upload.received.map { ($0.number, $0) }) { $1 }
        let whole = WholeHasher()
        let limit = Int(min(Int64(Self.mostUnderWay), max(1, Self.memory / upload.partSize)))
        var sent: Int64 = 0
        try await withThrowingTaskGroup(of: Void.self) { group in
            var underWay = 0
            for number in 1...upload.partCount {
                if underWay == limit {
                    try await group.next()
                    underWay -= 1
                }
                let range = upload.range(ofPart: number)
                let (bytes, digest) = try await self.pool.run { () throws -> ([UInt8], Digest) in
                    try Task.checkCancellation()
                    let bytes = try self.source.read(range.count, at: range.lowerBound)
                    whole.update(bytes)
                    return (bytes, Digest.sha256(of: bytes))
                }
                if let part = received[number], part.size == Int64(bytes.count), part.digest == digest {
                    counter.add(bytes.count)
                    continue
                }
                sent += Int64(bytes.count)
                underWay += 1
                group.addTask { try await self.send(number, bytes, digest, urls, counter) }
            }
            try await group.waitForAll()
        }
        return Outcome(digest: whole.finish(), sent: sent)
    }

    private func send(
        _ number: Int, _ bytes: [UInt8], _ digest: Digest, _ urls: PartURLs, _ counter: StageCounter
    ) async throws {
        var last: Problem?
        for _ in 0..<Self.attempts {
            let part = try await urls.address(of: number)
            let counted = Mutex(0)
            let answer = try await self.client.session.send(
                try self.request(part, bytes, digest), accepting: Set(400..<500).subtracting([408, 425, 429])
            ) { count in
                counted.withLock { $0 += count }
                counter.add(count)
            }
            if (200..<300).contains(answer.status) {
                // Whatever the connection said of its progress, the part is there now.
                counter.add(bytes.count - counted.withLock { $0 })
                return
            }
            counter.add(-counted.withLock { $0 })
            let problem = answer.problem
            last = problem
            if answer.status == 401 || answer.status == 403 || answer.status == 410 {
                await urls.forget(number)
            } else if !Self.transitFaults.contains(problem.code) {
                break
            }
        }
        throw ClientError.refused(last ?? Problem(status: 0, code: "part-refused", title: "The store refused a part"))
    }

    private func request(
        _ part: UploadDocument.PresignedPart, _ bytes: [UInt8], _ digest: Digest
    ) throws -> HTTPRequest {
        guard let address = self.client.session.server.resolving(part.url),
            let method = HTTPRequest.Method(rawValue: part.method)
        else { throw ClientError.unexpectedAnswer(url: "upload", reason: "part \(part.number) has no usable address") }
        var headers = part.headers.filter { !["host", "content-length"].contains($0.key.lowercased()) }
            .map { (name: $0.key, value: $0.value) }
        if !headers.contains(where: { $0.name.lowercased() == "content-digest" }) {
            // RFC 9530; a store that does not know it leaves it alone.
            headers.append(("Content-Digest", "sha-256=:\(Data(digest.bytes).base64EncodedString()):"))
        }
        return HTTPRequest(
            method, address, headers: headers, body: bytes, showsCredentials: !part.isSigned,
            answerLimit: 1 << 20, patience: .seconds(300))
    }
}

/// The digest of all bytes, taken in order by whichever thread reads them.
private final class WholeHasher: Sendable {
    private let hasher = Mutex(SHA256Hasher())

    func update(_ bytes: [UInt8]) { self.hasher.withLock { $0.update(bytes) } }

    func finish() -> Digest { self.hasher.withLock { $0.finishAndRestart() } }
}
