public import Content
import FoundationEssentials
import Glibc
public import Multipart
import Threads

extension FilesystemStore {
    public func beginMultipart(_ key: ObjectKey) async throws(ObjectStoreError) -> MultipartUploadID {
        let layout = self.layout
        return try await self.pool.run { () throws(ObjectStoreError) in
            let id = MultipartUploadID(try FilesystemLayout.randomName())
            let temporary = try layout.newTemporary()
            _ = try Disk.makeDirectories("\(temporary)/parts")
            let file = try OpenFile(creating: "\(temporary)/key")
            try file.write(Array(key.text.utf8))
            if layout.durability == .synchronized { try file.synchronize() }
            try Disk.rename(temporary, to: layout.upload(id))
            try layout.synchronizeDirectory(layout.multipart)
            return id
        }
    }

    public func putPart(
        _ key: ObjectKey, _ upload: MultipartUploadID, number: Int, _ body: ObjectBody, digest: Digest?
    ) async throws(ObjectStoreError) -> PartInfo {
        guard (1...PartPlan.maximumCount).contains(number) else {
            throw .invalidPart(reason: "part numbers are 1 to \(PartPlan.maximumCount), not \(number)")
        }
        guard body.length <= PartPlan.maximumPartSize.bytes else {
            throw .invalidPart(reason: "part \(number) is longer than \(PartPlan.maximumPartSize)")
        }
        let layout = self.layout
        try await self.pool.run { () throws(ObjectStoreError) in try layout.checkUpload(key, upload) }
        let (writer, status) = try await self.write(body, digest: digest)
        return try await self.pool.run { () throws(ObjectStoreError) in
            let path = layout.part(upload, number)
            do throws(ObjectStoreError) { try Disk.rename(writer.file.path, to: path) } catch {
                throw error.isMissingFile ? .noSuchUpload(key, upload) : error
            }
            return PartInfo(number: number, size: status.size, etag: status.etag, digest: digest)
        }
    }

    public func listParts(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) -> [PartInfo] {
        let layout = self.layout
        return try await self.pool.run { () throws(ObjectStoreError) in
            try layout.checkUpload(key, upload)
            return try layout.storedParts(key, upload)
        }
    }

    public func completeMultipart(
        _ key: ObjectKey, _ upload: MultipartUploadID, parts: [PartInfo], condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let layout = self.layout
        return try await self.pool.run { () throws(ObjectStoreError) in
            do throws(ObjectStoreError) {
                return try layout.withLock(key, upload) { () throws(ObjectStoreError) in
                    try layout.complete(key, upload, parts: parts, condition: condition)
                }
            } catch {
                guard case .noSuchUpload = error else { throw error }
                // The answer to an earlier call may have been lost: the object tells which upload made it.
                if let (info, metadata) = try layout.head(key), metadata.upload == upload { return info }
                throw error
            }
        }
    }

    public func abortMultipart(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) {
        let layout = self.layout
        try await self.pool.run { () throws(ObjectStoreError) in
            do throws(ObjectStoreError) {
                try layout.withLock(key, upload) { () throws(ObjectStoreError) in try layout.discard(upload) }
            } catch {
                if case .noSuchUpload = error { return }
                throw error
            }
        }
    }

    public func listMultipartUploads(prefix: String) async throws(ObjectStoreError) -> [OpenMultipartUpload] {
        let layout = self.layout
        return try await self.pool.run { () throws(ObjectStoreError) in
            var uploads: [OpenMultipartUpload] = []
            for name in try Disk.names(in: layout.multipart) {
                let id = MultipartUploadID(name)
                guard FilesystemLayout.isOurs(id), let (key, begun) = try layout.openUpload(id),
                    key.text.utf8.starts(with: prefix.utf8)
                else { continue }
                uploads.append(OpenMultipartUpload(key: key, id: id, begunAt: begun))
            }
            return uploads.sorted { ($0.key, $0.begunAt, $0.id.text) < ($1.key, $1.begunAt, $1.id.text) }
        }
    }
}
