public import Content

/// An object of a store as bytes to be read anywhere, without a copy on disk.
///
/// Reads block, so they belong on threads of their own, which are not the store's. Bytes are fetched by ranges, several
/// requests at a time ahead of readers who go from front to back, and some 24 MiB of them are kept at most. Requests that
/// break are repeated by the store; a read fails when that does not help, and may be tried again. What is under way is given
/// up with the last reference.
public final class ObjectSource: ByteSource {
    private let pieces: ObjectPieces

    /// Bytes that are read at once; more are read in several steps.
    private static let step = 8 << 20

    /// - Parameter info: of the very object that is meant; when another takes its place meanwhile, reads fail with
    ///   ``ObjectStoreError/conflict(_:)``.
    public convenience init(_ info: ObjectInfo, in store: any ObjectStore) {
        self.init(info, in: store, shape: ReadAhead.Shape())
    }

    init(_ info: ObjectInfo, in store: any ObjectStore, shape: ReadAhead.Shape) {
        self.pieces = ObjectPieces(info, in: store, shape: shape)
    }

    deinit { self.pieces.close() }

    public var size: Int64 { self.pieces.info.size }

    /// - Throws: ``ObjectStoreError``; ``ObjectStoreError/invalidRange(_:)`` when there are fewer bytes.
    public func read(_ count: Int, at offset: Int64) throws(ObjectStoreError) -> [UInt8] {
        guard count >= 0, offset >= 0, offset <= self.size, Int64(count) <= self.size - offset else {
            throw .invalidRange(self.pieces.info.key)
        }
        guard count > Self.step else { return try self.pieces.read(offset..<offset + Int64(count)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let start = offset + Int64(bytes.count)
            bytes += try self.pieces.read(start..<min(start + Int64(Self.step), offset + Int64(count)))
        }
        return bytes
    }
}
