import FoundationEssentials
import Glibc

extension FilesystemLayout {
    /// - Returns: nil when there is no object.
    func head(_ key: ObjectKey) throws(ObjectStoreError) -> (info: ObjectInfo, metadata: FileMetadata)? {
        guard let status = try Disk.status(self.object(key)), status.isFile else { return nil }
        let metadata = try FileMetadata.read(self.metadata(key), for: status)
        return (ObjectInfo(key, status, metadata), metadata)
    }

    /// Gives a finished file the name of an object.
    ///
    /// With ``PutCondition/ifAbsent`` the file keeps its old name too.
    func publish(_ path: String, as key: ObjectKey, condition: PutCondition) throws(ObjectStoreError) {
        let target = self.object(key)
        do throws(ObjectStoreError) {
            try self.placing(target) { () throws(ObjectStoreError) in
                switch condition {
                case .always: try Disk.rename(path, to: target)
                case .ifAbsent: try Disk.link(path, to: target)
                }
            }
        } catch {
            guard error.isFileError(EEXIST, EISDIR, ENOTDIR, ENOTEMPTY) else { throw error }
            if condition == .ifAbsent, try Disk.status(target)?.isFile == true { throw .alreadyExists(key) }
            throw .keyConflict(key)
        }
        try self.synchronizeDirectory(Disk.parent(target))
    }

    /// Notes what is known of a file.
    ///
    /// A failure loses it and nothing else: the object is there.
    func remember(_ metadata: FileMetadata, of file: FileStatus, at path: String) {
        guard metadata != .none else { return }
        do throws(ObjectStoreError) {
            let writer = try self.makeWriter(digest: nil)
            try writer.write(Array(metadata.text(for: file).utf8))
            try self.placing(path) { () throws(ObjectStoreError) in try Disk.rename(writer.file.path, to: path) }
        } catch {
            // Another object with a conflicting key came and went; readers find the metadata missing.
        }
    }

    func delete(_ key: ObjectKey) throws(ObjectStoreError) {
        for (path, base) in [(self.object(key), self.objects), (self.metadata(key), self.metadata)] {
            do throws(ObjectStoreError) { try Disk.removeFile(path) } catch {
                // A directory of other objects is not this object.
                if error.isFileError(EISDIR, EPERM) { continue }
                throw error
            }
            self.removeEmptyDirectories(from: Disk.parent(path), upTo: base)
        }
    }

    /// Runs a call that gives a file its place, with the directories made that it needs.
    ///
    /// Again for a bounded number of times: a delete next to it may remove the directory it has just made.
    private func placing(
        _ path: String, _ call: () throws(ObjectStoreError) -> Void
    ) throws(ObjectStoreError) {
        for _ in 0..<16 {
            do throws(ObjectStoreError) { return try call() } catch {
                guard error.isFileError(ENOENT) else { throw error }
                try self.makeDirectories(Disk.parent(path))
            }
        }
        try call()
    }

    private func removeEmptyDirectories(from path: String, upTo base: String) {
        var path = path
        while path.utf8.count > base.utf8.count, unsafe rmdir(path) == 0 { path = Disk.parent(path) }
    }
}

extension ObjectInfo {
    init(_ key: ObjectKey, _ status: FileStatus, _ metadata: FileMetadata) {
        self.init(
            key: key, size: status.size, etag: status.etag, digest: metadata.digest, lastModified: status.modified)
    }

    /// The range that a reader gets who asks for one.
    func clamp(_ range: Range<Int64>?) throws(ObjectStoreError) -> Range<Int64> {
        guard let range else { return 0..<self.size }
        guard range.lowerBound >= 0, range.lowerBound <= self.size else { throw .invalidRange(self.key) }
        guard range.lowerBound < self.size || range.isEmpty || self.size == 0 else { throw .invalidRange(self.key) }
        return range.lowerBound..<min(range.upperBound, self.size)
    }
}
