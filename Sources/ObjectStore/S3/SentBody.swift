import Content
import Digests
import NIOCore

/// A body on its way out, slice by slice, counted and where a digest was declared checked.
///
/// The last slice is not handed out before the digest of all is known to be the declared one, so a store never gets a whole
/// body that is wrong.
struct SentBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// Makes the next slice, or nil at the end.
    typealias Source = () async throws -> ByteBuffer?

    /// Bytes of which a slice is made; ``SliceRing/count`` of them are in memory for each request.
    static let slice = 256 << 10

    let length: Int64
    let declared: Digest?
    let progress: Progress
    let barrier: LoopBarrier
    let open: @Sendable () -> Source

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    final class Iterator: AsyncIteratorProtocol {
        private let body: SentBody
        private let source: Source
        private var hasher: SHA256Hasher?
        private var count: Int64 = 0

        init(_ body: SentBody) {
            self.body = body
            self.source = body.open()
            self.hasher = body.declared == nil ? nil : SHA256Hasher()
        }

        func next() async throws -> ByteBuffer? {
            guard let slice = try await self.source() else {
                guard self.count == self.body.length else { throw self.wrongSize }
                return nil
            }
            // The slice before is on its way, or its connection has said that it must wait.
            if self.count > 0 { try await self.body.barrier.pass() }
            self.count += Int64(slice.readableBytes)
            guard self.count <= self.body.length else { throw self.wrongSize }
            unsafe slice.withUnsafeReadableBytes { bytes in unsafe self.hasher?.update(bytes) }
            if self.count == self.body.length, let declared = self.body.declared,
                let computed = self.hasher?.finishAndRestart(),
                computed != declared
            {
                throw ObjectStoreError.digestMismatch(declared: declared, computed: computed)
            }
            self.body.progress.move()
            return slice
        }

        private var wrongSize: ObjectStoreError {
            .sizeMismatch(expected: ByteCount(self.body.length), got: ByteCount(self.count))
        }
    }
}
