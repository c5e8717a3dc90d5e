public import Content
public import FoundationEssentials
public import Multipart
import NIOCore
public import ObjectStore
import Synchronization

/// A store as if it were far away: none of its objects is a local file, and reads may break in the middle.
public final class DistantStore: ObjectStore {
    private let store: any ObjectStore
    private let breaking: @Sendable (Int) -> Bool
    private let gets = Mutex<[Range<Int64>]>([])

    /// - Parameter breaking: whether the read of a number, from 0, breaks halfway; asked for each.
    public init(_ store: any ObjectStore, breaking: @escaping @Sendable (Int) -> Bool = { _ in false }) {
        self.store = store
        self.breaking = breaking
    }

    /// The ranges that were asked for so far.
    public var ranges: [Range<Int64>] { self.gets.withLock { $0 } }

    public func get(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> ObjectContent {
        let number = self.gets.withLock { gets in
            gets.append(range ?? 0..<Int64.max)
            return gets.count - 1
        }
        let content = try await self.store.get(key, range: range)
        guard self.breaking(number) else { return content }
        // Half of the bytes, then nothing.
        let half = (content.range.upperBound - content.range.lowerBound) / 2
        var bytes: [UInt8] = []
        for try await buffer in content { bytes += buffer.readableBytesView }
        let first = Mutex<ByteBuffer?>(ByteBuffer(bytes: bytes.prefix(Int(half))))
        return ObjectContent(info: content.info, range: content.range) { () throws(ObjectStoreError) -> ByteBuffer? in
            guard let buffer = first.withLock({ $0.take() }) else { throw .unavailable(reason: "the line is cut") }
            return buffer
        }
    }

    public func localPath(of key: ObjectKey) -> String? { nil }

    public func put(
        _ key: ObjectKey, _ body: ObjectBody, digest: Digest?, condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await self.store.put(key, body, digest: digest, condition: condition)
    }

    public func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? { try await self.store.head(key) }

    public func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) { try await self.store.delete(keys) }

    public func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> [ObjectInfo] {
        try await self.store.list(prefix: prefix, after: after, limit: limit)
    }

    public func beginMultipart(_ key: ObjectKey) async throws(ObjectStoreError) -> MultipartUploadID {
        try await self.store.beginMultipart(key)
    }

    public func putPart(
        _ key: ObjectKey, _ upload: MultipartUploadID, number: Int, _ body: ObjectBody, digest: Digest?
    ) async throws(ObjectStoreError) -> PartInfo {
        try await self.store.putPart(key, upload, number: number, body, digest: digest)
    }

    public func listParts(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) -> [PartInfo] {
        try await self.store.listParts(key, upload)
    }

    public func completeMultipart(
        _ key: ObjectKey, _ upload: MultipartUploadID, parts: [PartInfo], condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await self.store.completeMultipart(key, upload, parts: parts, condition: condition)
    }

    public func abortMultipart(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) {
        try await self.store.abortMultipart(key, upload)
    }

    public func listMultipartUploads(prefix: String) async throws(ObjectStoreError) -> [OpenMultipartUpload] {
        try await self.store.listMultipartUploads(prefix: prefix)
    }

    public func presign(
        _ operation: PresignedOperation, expiresIn: Duration, now: Date
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try await self.store.presign(operation, expiresIn: expiresIn, now: now)
    }
}
