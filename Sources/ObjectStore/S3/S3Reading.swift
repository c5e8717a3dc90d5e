import Content
import NIOCore
import SigV4

/// One object being read. When the connection breaks, it goes on from where it was, in the very same object.
actor S3Reading {
    private let client: S3Client
    private let key: ObjectKey
    let info: ObjectInfo
    let range: Range<Int64>

    private var offset: Int64
    private var reader: ResponseReader?
    private var ready: [ByteBuffer] = []
    private var failures = 0
    /// Times that it was given up early since the last bytes came.
    private var early = 0

    /// Bytes fetched in one go.
    private static let batch = 256 << 10

    init(_ client: S3Client, key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) {
        let opened = try await Self.open(client, key, range, etag: nil)
        guard let size = opened.size else { throw .notS3(reason: "its answer to GET has no length") }
        self.client = client
        self.key = key
        self.info = ObjectInfo(
            key: key, size: size, etag: opened.head.etag ?? "", digest: opened.head.digest,
            lastModified: opened.head.lastModified)
        self.range = (range?.lowerBound ?? 0)..<min(range?.upperBound ?? size, size)
        self.offset = self.range.lowerBound
        self.reader = opened.reader
    }

    /// The next bytes, or nil at the end.
    func next() async throws(ObjectStoreError) -> ByteBuffer? {
        while true {
            if !self.ready.isEmpty {
                let buffer = self.ready.removeFirst()
                self.offset += Int64(buffer.readableBytes)
                guard self.offset <= self.range.upperBound else {
                    throw .sizeMismatch(expected: ByteCount(self.range.upperBound), got: ByteCount(self.offset))
                }
                return buffer
            }
            guard self.offset < self.range.upperBound else {
                self.reader = nil
                return nil
            }
            try await self.fetch()
        }
    }

    private func fetch() async throws(ObjectStoreError) {
        let reader: ResponseReader
        if let current = self.reader {
            reader = current
        } else {
            reader = try await Self.open(
                self.client, self.key, self.offset..<self.range.upperBound, etag: self.info.etag
            ).reader
            self.reader = reader
        }
        do throws(S3Failure) {
            let batch = Int(min(Int64(Self.batch), self.range.upperBound - self.offset))
            let request = S3Request("GET", self.key)
            self.ready = try await self.client.watch(reader.progress, request, early: self.early) {
                await reader.read(atLeast: batch)
            }
            guard !self.ready.isEmpty else {
                throw S3Failure(.unavailable(reason: "the answer ended early"), .retry(.transient))
            }
            (self.failures, self.early) = (0, 0)
        } catch {
            self.reader = nil
            if Task.isCancelled { throw .cancelled }
            switch error.remedy {
            case .retry(let reason):
                self.failures += 1
                try await self.client.pause(after: self.failures, reason, error)
            case .sendAgain: self.early += 1
            case .none, .correctClock, .renewCredentials: throw error.error
            }
        }
    }

    private static func open(
        _ client: S3Client, _ key: ObjectKey, _ range: Range<Int64>?, etag: String?
    ) async throws(ObjectStoreError) -> (head: S3Head, reader: ResponseReader, size: Int64?) {
        var request = S3Request("GET", key)
        if let range { request.headers.append(.init("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")) }
        if let etag, !etag.isEmpty {
            request.headers.append(.init("if-match", "\"\(etag)\""))
        } else if range == nil {
            request.headers.append(.init("x-amz-checksum-mode", "ENABLED"))
        }
        let (head, reader): (S3Head, ResponseReader)
        do throws(ObjectStoreError) { (head, reader) = try await client.open(request) } catch {
            // With If-Match, 412 says that the object was replaced while it was read.
            if etag != nil, case .alreadyExists = error { throw .conflict(key) }
            throw error
        }
        guard let range, range.lowerBound > 0 || head.status == 206 else { return (head, reader, head.length) }
        guard head.status == 206, let total = head["content-range"]?.split(separator: "/").last.flatMap({ Int64($0) })
        else {
            throw .unsupported(reason: "the store ignores ranges")
        }
        // Not every server refuses it.
        guard range.lowerBound < total else { throw .invalidRange(key) }
        return (head, reader, total)
    }
}
