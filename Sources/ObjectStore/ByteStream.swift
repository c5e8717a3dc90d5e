public import NIOCore

/// Any sequence of byte buffers, its type forgotten.
///
/// Pulled one buffer at a time: the source makes the next one only when it is asked.
public struct ByteStream: AsyncSequence, Sendable {
    public typealias Element = ByteBuffer
    public typealias Failure = any Error

    private let makeNext: @Sendable () -> Next

    /// Makes the next buffer, or nil at the end.
    ///
    /// Called by one task at a time.
    public typealias Next = () async throws -> ByteBuffer?

    /// - Parameter source: iterated once for each iteration of this one.
    public init<Source: AsyncSequence & Sendable>(_ source: Source) where Source.Element == ByteBuffer {
        self.makeNext = {
            var iterator = source.makeAsyncIterator()
            return { try await iterator.next(isolation: #isolation) }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pull: self.makeNext()) }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let pull: Next

        public mutating func next() async throws -> ByteBuffer? { try await self.pull() }
    }
}
