public import NIOCore

/// An object, or a range of one, as it is read.
///
/// A sequence of buffers that is pulled: nothing is fetched ahead beyond a bounded window, so a slow reader slows the store
/// down. Iterate it once. The bytes end exactly at the end of ``range``, or the sequence throws.
public struct ObjectContent: AsyncSequence, Sendable {
    public typealias Element = ByteBuffer
    public typealias Failure = ObjectStoreError

    /// Makes the next buffer, or nil at the end.
    ///
    /// Called by one task at a time.
    public typealias Next = @Sendable () async throws(ObjectStoreError) -> ByteBuffer?

    public let info: ObjectInfo

    /// The bytes of the object that come.
    public let range: Range<Int64>

    private let pull: Next

    public init(info: ObjectInfo, range: Range<Int64>, pull: @escaping Next) {
        self.info = info
        self.range = range
        self.pull = pull
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pull: self.pull) }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let pull: Next

        public mutating func next() async throws(ObjectStoreError) -> ByteBuffer? { try await self.pull() }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ObjectStoreError) -> ByteBuffer? { try await self.pull() }
    }
}
