import AsyncHTTPClient
import NIOCore

/// The body of one answer, read in batches.
actor ResponseReader {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    nonisolated let progress: Progress

    init(_ body: HTTPClientResponse.Body, progress: Progress) {
        self.iterator = body.makeAsyncIterator()
        self.progress = progress
    }

    /// - Parameter count: waits for at least so many bytes, or the end.
    /// - Returns: no buffers at the end.
    func read(atLeast count: Int) async -> Result<[ByteBuffer], S3Failure> {
        var iterator = self.iterator
        defer { self.iterator = iterator }
        var buffers: [ByteBuffer] = []
        var got = 0
        do {
            while got < count, let buffer = try await iterator.next(isolation: self) {
                self.progress.move(buffer.readableBytes)
                got += buffer.readableBytes
                buffers.append(buffer)
            }
        } catch {
            return .failure(S3Failure(transport: error))
        }
        return .success(buffers)
    }
}
