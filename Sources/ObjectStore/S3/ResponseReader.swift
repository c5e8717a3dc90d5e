import AsyncHTTPClient
import NIOCore

/// The body of one answer, read in batches.
actor ResponseReader {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    /// What broke the answer after the bytes that were given last.
    private var failure: S3Failure?
    nonisolated let progress: Progress

    init(_ body: HTTPClientResponse.Body, progress: Progress) {
        self.iterator = body.makeAsyncIterator()
        self.progress = progress
    }

    /// - Parameter count: waits for at least so many bytes, or the end.
    /// - Returns: no buffers at the end. What came before the answer broke is given first, so that none of it is asked for
    ///   twice; the failure follows with the next call.
    func read(atLeast count: Int) async -> Result<[ByteBuffer], S3Failure> {
        if let failure = self.failure { return .failure(failure) }
        var iterator = self.iterator
        defer { self.iterator = iterator }
        var buffers: [ByteBuffer] = []
        var got = 0
        do {
            while got < count, let buffer = try await iterator.next(isolation: self) {
                self.progress.move()
                got += buffer.readableBytes
                buffers.append(buffer)
            }
        } catch {
            let failure = S3Failure(transport: error)
            guard !buffers.isEmpty else { return .failure(failure) }
            self.failure = failure
        }
        return .success(buffers)
    }
}
