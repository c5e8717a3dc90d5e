public import Content
import FoundationEssentials
import Multipart
import Threads

extension FileTransfer {
    /// Whether an upload in parts goes on from an earlier one.
    public enum Resumption: Equatable, Sendable {
        /// No; and when it fails, its parts are removed.
        case none
        /// From the latest one to the same key that was begun after the file's last change, if there is one.
        /// When it fails, its parts stay for the next call.
        case latest
        /// From this one, whose file the caller vouches for. When it fails, its parts stay for the next call.
        case upload(MultipartUploadID)
    }

    /// Stores a file: in one request when it is short, in parts when it is long.
    ///
    /// What the store has of an earlier try is not sent again; its own list says what that is.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the file, if known. Checked when it goes in one request; the caller's to check otherwise.
    ///   - progress: told bytes that are stored, from 0 to the size, in order; must be quick.
    /// - Throws: ``ObjectStoreError/sourceUnreadable(path:reason:)`` when the file changes meanwhile, and what the store throws.
    public func upload(
        _ key: ObjectKey, file path: String, digest: Digest?, condition: PutCondition, resuming resumption: Resumption,
        progress: @escaping (_ stored: Int64) -> Void
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let before = try await self.status(of: path)
        progress(0)
        if before.size < PartPlan.singleRequestLimit.bytes {
            let body = ObjectBody.file(path: path, range: 0..<before.size)
            let info = try await self.store.put(key, body, digest: digest, condition: condition)
            progress(before.size)
            return info
        }
        let plan: PartPlan
        do throws(MultipartError) { plan = try PartPlan(size: before.size) } catch {
            throw .unsupported(reason: "\(ByteCount(before.size)) do not fit into one object")
        }
        let upload = try await self.begin(key, resumption, after: before.modified)
        do throws(ObjectStoreError) {
            var state = UploadState(plan: plan, stored: upload.parts)
            progress(state.storedBytes)
            let store = self.store
            try await self.forEach(state.missing) { number throws(ObjectStoreError) in
                let body = ObjectBody.file(path: path, range: plan.range(of: number))
                return try await store.putPart(key, upload.id, number: number, body, digest: nil)
            } then: { part in
                state.record(part)
                progress(state.storedBytes)
            }
            guard try await self.status(of: path) == before else {
                throw .sourceUnreadable(path: path, reason: "it changed while it was sent")
            }
            return try await self.store.completeMultipart(key, upload.id, parts: state.stored, condition: condition)
        } catch {
            if resumption == .none || error.endsUpload { try? await self.store.abortMultipart(key, upload.id) }
            throw error
        }
    }

    private func begin(
        _ key: ObjectKey, _ resumption: Resumption, after modified: Date
    ) async throws(ObjectStoreError) -> (id: MultipartUploadID, parts: [PartInfo]) {
        switch resumption {
        case .none: break
        case .upload(let id): return (id, try await self.store.listParts(key, id))
        case .latest:
            let open = try await self.store.listMultipartUploads(prefix: key.text)
            let usable = open.filter { $0.key == key && $0.begunAt > modified }
            guard let latest = usable.max(by: { $0.begunAt < $1.begunAt }) else { break }
            do throws(ObjectStoreError) { return (latest.id, try await self.store.listParts(key, latest.id)) } catch {
                // It ended meanwhile.
                guard case .noSuchUpload = error else { throw error }
            }
        }
        return (try await self.store.beginMultipart(key), [])
    }

    private func status(of path: String) async throws(ObjectStoreError) -> FileStatus {
        try await self.pool.run { () throws(ObjectStoreError) in
            do throws(ObjectStoreError) { return try OpenFile(reading: path).status() } catch {
                throw .sourceUnreadable(path: path, reason: "it cannot be opened")
            }
        }
    }
}

extension ObjectStoreError {
    /// Whether the parts of the upload are of no more use.
    fileprivate var endsUpload: Bool {
        switch self {
        case .sourceUnreadable, .alreadyExists, .invalidPart: true
        default: false
        }
    }
}
