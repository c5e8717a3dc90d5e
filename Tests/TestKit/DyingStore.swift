public import Content
public import FoundationEssentials
public import Multipart
public import ObjectStore
import Synchronization

/// A store as a process sees it that is killed in the middle: from one call on, nothing answers any more.
///
/// The last call may have been carried out, with its answer lost, or never have left.
public final class DyingStore: ObjectStore {
    private let store: any ObjectStore
    private let step: Int
    private let isCarriedOut: Bool
    private let calls = Atomic<Int>(0)

    /// - Parameters:
    ///   - step: the number of the last call, from 0.
    ///   - isCarriedOut: whether that one reaches the store.
    public init(_ store: any ObjectStore, dyingAt step: Int, carriedOut isCarriedOut: Bool) {
        self.store = store
        self.step = step
        self.isCarriedOut = isCarriedOut
    }

    /// Calls so far, the lost ones included.
    public var count: Int { self.calls.load(ordering: .relaxed) }

    private func call<Value>(
        _ body: () async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        let number = self.calls.add(1, ordering: .relaxed).oldValue
        guard number < self.step || (number == self.step && self.isCarriedOut) else { throw .cancelled }
        let value = try await body()
        if number == self.step { throw .cancelled }
        return value
    }

    public func put(
        _ key: ObjectKey, _ body: ObjectBody, digest: Digest?, condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await self.call { () async throws(ObjectStoreError) in
            try await self.store.put(key, body, digest: digest, condition: condition)
        }
    }

    public func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        try await self.call { () async throws(ObjectStoreError) in try await self.store.head(key) }
    }

    public func get(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> ObjectContent {
        try await self.call { () async throws(ObjectStoreError) in try await self.store.get(key, range: range) }
    }

    public func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        try await self.call { () async throws(ObjectStoreError) in try await self.store.delete(keys) }
    }

    public func list(
        prefix: String, after: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectInfo] {
        try await self.call { () async throws(ObjectStoreError) in
            try await self.store.list(prefix: prefix, after: after, limit: limit)
        }
    }

    public func beginMultipart(_ key: ObjectKey) async throws(ObjectStoreError) -> MultipartUploadID {
        try await self.call { () async throws(ObjectStoreError) in try await self.store.beginMultipart(key) }
    }

    public func putPart(
        _ key: ObjectKey, _ upload: MultipartUploadID, number: Int, _ body: ObjectBody, digest: Digest?
    ) async throws(ObjectStoreError) -> PartInfo {
        try await self.call { () async throws(ObjectStoreError) in
            try await self.store.putPart(key, upload, number: number, body, digest: digest)
        }
    }

    public func listParts(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) -> [PartInfo] {
        try await self.call { () async throws(ObjectStoreError) in try await self.store.listParts(key, upload) }
    }

    public func completeMultipart(
        _ key: ObjectKey, _ upload: MultipartUploadID, parts: [PartInfo], condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await self.call { () async throws(ObjectStoreError) in
            try await self.store.completeMultipart(key, upload, parts: parts, condition: condition)
        }
    }

    public func abortMultipart(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) {
        try await self.call { () async throws(ObjectStoreError) in try await self.store.abortMultipart(key, upload) }
    }

    public func listMultipartUploads(prefix: String) async throws(ObjectStoreError) -> [OpenMultipartUpload] {
        try await self.call { () async throws(ObjectStoreError) in
            try await self.store.listMultipartUploads(prefix: prefix)
        }
    }

    public func presign(
        _ operation: PresignedOperation, expiresIn: Duration, now: Date
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try await self.call { () async throws(ObjectStoreError) in
            try await self.store.presign(operation, expiresIn: expiresIn, now: now)
        }
    }

    public func localPath(of key: ObjectKey) -> String? { self.store.localPath(of: key) }
}
