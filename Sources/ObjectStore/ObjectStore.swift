public import Content
public import FoundationEssentials
public import Multipart
import NIOCore

/// A place that keeps named bytes: S3 or anything that speaks it, or a directory.
///
/// All methods may be called from any number of tasks. A method that throws a retryable error was retried inside already.
/// A cancelled task gets ``ObjectStoreError/cancelled`` soon.
public protocol ObjectStore: Sendable {
    /// Stores one object, atomically: readers see the old one or the whole new one.
    ///
    /// - Parameter digest: SHA-256 of the bytes, if known. The store refuses other bytes and remembers it.
    /// - Throws: ``ObjectStoreError/alreadyExists(_:)`` with ``PutCondition/ifAbsent``;
    ///   ``ObjectStoreError/digestMismatch(declared:computed:)`` or ``ObjectStoreError/damagedInTransit(_:)`` when the
    ///   bytes are others; ``ObjectStoreError/sizeMismatch(expected:got:)`` when a stream is longer or shorter than it said.
    func put(
        _ key: ObjectKey, _ body: ObjectBody, digest: Digest?, condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo

    /// What is at the key.
    ///
    /// - Returns: nil when there is nothing.
    func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo?

    /// Opens an object for reading.
    ///
    /// - Parameter range: bytes to read, cut at the end of the object; nil reads all. An empty range reads nothing.
    /// - Throws: ``ObjectStoreError/notFound(_:)``; ``ObjectStoreError/invalidRange(_:)`` when it starts behind the end.
    func get(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> ObjectContent

    /// Deletes objects. Absent ones are fine; after an error some may be gone.
    func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError)

    /// Lists objects, ordered by key.
    ///
    /// - Parameters:
    ///   - prefix: any text, empty for everything.
    ///   - after: the last key of the page before.
    ///   - limit: 1 to 1,000. Fewer objects than this mean that the list ends here.
    /// - Returns: without digests.
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> [ObjectInfo]

    /// Begins an upload in parts. It holds space until it is completed or aborted.
    func beginMultipart(_ key: ObjectKey) async throws(ObjectStoreError) -> MultipartUploadID

    /// Stores one part; a part of the same number is replaced.
    ///
    /// - Parameters:
    ///   - number: 1 to 10,000.
    ///   - body: at least 5 MiB unless it is the last one, at most 5 GiB.
    func putPart(
        _ key: ObjectKey, _ upload: MultipartUploadID, number: Int, _ body: ObjectBody, digest: Digest?
    ) async throws(ObjectStoreError) -> PartInfo

    /// The parts that the store has, all of them, ordered by number.
    func listParts(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) -> [PartInfo]

    /// Makes one object of the parts.
    ///
    /// Safe to repeat: when the upload is gone and the object it would have made is there, that is the answer.
    ///
    /// - Parameter parts: ordered by number, none twice; parts that are not named are dropped.
    func completeMultipart(
        _ key: ObjectKey, _ upload: MultipartUploadID, parts: [PartInfo], condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo

    /// Gives up an upload and frees its parts. One that is gone already is fine.
    func abortMultipart(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError)

    /// Uploads that are open, ordered by key; all of them.
    func listMultipartUploads(prefix: String) async throws(ObjectStoreError) -> [OpenMultipartUpload]

    /// A request that somebody else can send without credentials.
    ///
    /// - Parameters:
    ///   - expiresIn: 1 second to 7 days, and never beyond the life of the credentials that sign it.
    ///   - now: the time from which it counts.
    func presign(
        _ operation: PresignedOperation, expiresIn: Duration, now: Date
    ) async throws(ObjectStoreError) -> PresignedRequest

    /// How many requests at once the store wants from all its callers at this moment.
    var parallelism: Int { get }

    /// The file that holds exactly this object, where there is one, for reading only. Nil from stores that are elsewhere.
    func localPath(of key: ObjectKey) -> String?
}

extension ObjectStore {
    public var parallelism: Int { 8 }

    /// Reads an object, or a range of one, into memory.
    ///
    /// - Parameter limit: the most bytes to hold.
    /// - Throws: ``ObjectStoreError/tooLarge(limit:)`` before anything is read.
    public func read(
        _ key: ObjectKey, range: Range<Int64>?, limit: ByteCount
    ) async throws(ObjectStoreError) -> [UInt8] {
        let content = try await self.get(key, range: range)
        let size = content.range.upperBound - content.range.lowerBound
        guard size <= limit.bytes else { throw .tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size))
        for try await buffer in content { bytes.append(contentsOf: buffer.readableBytesView) }
        return bytes
    }
}
