import Content
import FoundationEssentials
import Glibc
import Multipart
import NIOCore

extension FilesystemLayout {
    /// - Returns: nil when there is no such upload.
    func openUpload(_ id: MultipartUploadID) throws(ObjectStoreError) -> (key: ObjectKey, begunAt: Date)? {
        do throws(ObjectStoreError) {
            let file = try OpenFile(reading: "\(self.upload(id))/key")
            let buffer = try file.read(ObjectKey.maximumLength + 1, at: 0)
            guard let key = ObjectKey(String(buffer: buffer)) else { return nil }
            return (key, try file.status().modified)
        } catch {
            if error.isMissingFile { return nil }
            throw error
        }
    }

    func checkUpload(_ key: ObjectKey, _ id: MultipartUploadID) throws(ObjectStoreError) {
        guard Self.isOurs(id), try self.openUpload(id)?.key == key else { throw .noSuchUpload(key, id) }
    }

    func storedParts(_ key: ObjectKey, _ id: MultipartUploadID) throws(ObjectStoreError) -> [PartInfo] {
        let names: [String]
        do throws(ObjectStoreError) { names = try Disk.names(in: self.parts(id)) } catch {
            throw error.isMissingFile ? .noSuchUpload(key, id) : error
        }
        var parts: [PartInfo] = []
        for name in names {
            guard let number = Int(name), let status = try Disk.status("\(self.parts(id))/\(name)") else { continue }
            parts.append(PartInfo(number: number, size: status.size, etag: status.etag, digest: nil))
        }
        return parts.sorted { $0.number < $1.number }
    }

    /// Makes the object of an upload.
    ///
    /// The caller holds its lock.
    ///
    /// The whole stays linked as `assembled` until the upload is removed, so that a call after a crash sees that the object
    /// at the key is its own.
    func complete(
        _ key: ObjectKey, _ id: MultipartUploadID, parts: [PartInfo], condition: PutCondition
    ) throws(ObjectStoreError) -> ObjectInfo {
        let assembled = "\(self.upload(id))/assembled"
        let status: FileStatus
        if let earlier = try Disk.status(assembled), try Disk.status(self.object(key)) == earlier {
            status = earlier
        } else {
            try self.check(parts, against: self.storedParts(key, id))
            try Disk.removeFile(assembled)
            let writer = try self.assemble(id, parts: parts)
            status = try writer.file.status()
            try Disk.link(writer.file.path, to: assembled)
            try self.publish(writer.file.path, as: key, condition: condition)
        }
        self.remember(FileMetadata(digest: nil, upload: id), of: status, at: self.metadata(key))
        try self.discard(id)
        return ObjectInfo(key, status, .none)
    }

    /// Runs a step that ends an upload, when no other process is at such a step of the same one.
    ///
    /// - Throws: ``ObjectStoreError/noSuchUpload(_:_:)`` when it has ended before.
    func withLock<Value>(
        _ key: ObjectKey, _ id: MultipartUploadID, _ body: () throws(ObjectStoreError) -> Value
    ) throws(ObjectStoreError) -> Value {
        try self.checkUpload(key, id)
        let file: OpenFile
        do throws(ObjectStoreError) { file = try OpenFile(reading: "\(self.upload(id))/key") } catch {
            throw error.isMissingFile ? .noSuchUpload(key, id) : error
        }
        // Closing the file, or dying, unlocks.
        try Disk.check("flock", file.path) { flock(file.descriptor, LOCK_EX) }
        try self.checkUpload(key, id)
        return try withExtendedLifetime(file) { () throws(ObjectStoreError) in try body() }
    }

    /// Frees the space of an upload; it is gone for everybody at once.
    func discard(_ id: MultipartUploadID) throws(ObjectStoreError) {
        let grave = try self.newTemporary()
        do throws(ObjectStoreError) { try Disk.rename(self.upload(id), to: grave) } catch {
            if error.isMissingFile { return }
            throw error
        }
        try Disk.removeTree(grave)
    }

    private func check(_ parts: [PartInfo], against stored: [PartInfo]) throws(ObjectStoreError) {
        guard let last = parts.last else { throw .invalidPart(reason: "no part is named") }
        let byNumber = Dictionary(stored.map { ($0.number, $0) }) { first, _ in first }
        var previous = 0
        for part in parts {
            guard part.number > previous else { throw .invalidPart(reason: "part \(part.number) is out of order") }
            previous = part.number
            guard let known = byNumber[part.number] else {
                throw .invalidPart(reason: "part \(part.number) is missing")
            }
            guard known.etag == part.etag, known.size == part.size else {
                throw .invalidPart(reason: "part \(part.number) was sent again since")
            }
            if part.number != last.number, part.size < PartPlan.minimumPartSize.bytes {
                throw .invalidPart(reason: "part \(part.number) is shorter than \(PartPlan.minimumPartSize)")
            }
        }
    }

    private func assemble(_ id: MultipartUploadID, parts: [PartInfo]) throws(ObjectStoreError) -> FileWriter {
        let writer = try self.makeWriter(digest: nil)
        for part in parts {
            if Task.isCancelled { throw .cancelled }
            let source = try OpenFile(reading: self.part(id, part.number))
            guard try source.status().etag == part.etag else {
                throw .invalidPart(reason: "part \(part.number) was sent again since")
            }
            try writer.write(0..<part.size, of: source)
        }
        _ = try writer.finish(length: parts.reduce(0) { $0 + $1.size })
        return writer
    }
}
