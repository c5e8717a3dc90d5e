public import Content
public import FoundationEssentials
import Glibc
import NIOCore
public import Threads

/// An object store in a directory, for one machine or a shared filesystem.
///
/// Objects are plain files under `objects/`. A put is a new file that is synchronised and then renamed, so a crash leaves
/// nothing but temporary files (``removeTemporaryFiles(olderThan:now:)``). All on one filesystem. All disk calls run on the
/// thread pool.
public struct FilesystemStore: ObjectStore {
    let layout: FilesystemLayout
    let signer: URLSigner?
    let pool: ThreadPool

    /// Whether a call returns before its bytes are on the disk.
    public enum Durability: Equatable, Sendable {
        /// No: what was put is there after a crash of the machine.
        case synchronized
        /// Yes: for tests, whose bytes nobody will miss.
        case unsafeForTests
    }

    /// Bytes that one reader or writer holds at most.
    static let window = 1 << 20

    /// Opens a store, and makes its directories where they are missing.
    ///
    /// - Parameters:
    ///   - root: an absolute path.
    ///   - signer: makes presigned requests to our own API; without it ``presign(_:expiresIn:now:)`` is unsupported.
    ///   - durability: whether what was put survives a crash of the machine.
    ///   - pool: runs the calls that block.
    /// - Throws: ``ObjectStoreError/inputOutput(operation:path:code:)`` when the directory cannot be made or written.
    public init(
        root: String, durability: Durability, signer: URLSigner?, pool: ThreadPool
    ) async throws(ObjectStoreError) {
        let layout = FilesystemLayout(root: root, durability: durability)
        self.layout = layout
        self.signer = signer
        self.pool = pool
        try await pool.run { () throws(ObjectStoreError) in
            for directory in [layout.objects, layout.metadata, layout.multipart, layout.temporary] {
                try layout.makeDirectories(directory)
            }
            _ = try layout.makeWriter(digest: nil)
        }
    }

    public func put(
        _ key: ObjectKey, _ body: ObjectBody, digest: Digest?, condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let layout = self.layout
        if condition == .ifAbsent, try await self.head(key) != nil { throw .alreadyExists(key) }
        let (writer, status) = try await self.write(body, digest: digest)
        return try await self.pool.run { () throws(ObjectStoreError) in
            try layout.publish(writer.file.path, as: key, condition: condition)
            layout.remember(FileMetadata(digest: digest, upload: nil), of: status, at: layout.metadata(key))
            return ObjectInfo(
                key: key, size: status.size, etag: status.etag, digest: digest, lastModified: status.modified)
        }
    }

    public func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        let layout = self.layout
        return try await self.pool.run { () throws(ObjectStoreError) in try layout.head(key)?.info }
    }

    public func get(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> ObjectContent {
        let (layout, pool) = (self.layout, self.pool)
        let (file, info) = try await pool.run { () throws(ObjectStoreError) in
            do throws(ObjectStoreError) {
                let file = try OpenFile(reading: layout.object(key))
                let status = try file.status()
                guard status.isFile else { throw .notFound(key) }
                let metadata = try FileMetadata.read(layout.metadata(key), for: status)
                return (file, ObjectInfo(key, status, metadata))
            } catch {
                throw error.isMissingFile ? .notFound(key) : error
            }
        }
        let range = try info.clamp(range)
        file.expectSequentialReading()
        let position = Position(range.lowerBound)
        return ObjectContent(info: info, range: range) { () async throws(ObjectStoreError) in
            let offset = position.value
            guard offset < range.upperBound else { return nil }
            if Task.isCancelled { throw .cancelled }
            let buffer = try await pool.run { () throws(ObjectStoreError) in
                try file.read(Int(min(Int64(Self.window) / 4, range.upperBound - offset)), at: offset)
            }
            guard buffer.readableBytes > 0 else {
                throw .sizeMismatch(expected: ByteCount(range.upperBound), got: ByteCount(offset))
            }
            position.advance(by: Int64(buffer.readableBytes))
            return buffer
        }
    }

    public func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        let layout = self.layout
        try await self.pool.run { () throws(ObjectStoreError) in
            for key in keys {
                if Task.isCancelled { throw .cancelled }
                try layout.delete(key)
            }
        }
    }

    public func list(
        prefix: String, after: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectInfo] {
        precondition((1...1000).contains(limit), "a page has 1 to 1,000 objects, not \(limit)")
        let layout = self.layout
        return try await self.pool.run { () throws(ObjectStoreError) in
            var listing = FilesystemListing(layout: layout, prefix: prefix, after: after, limit: limit)
            try listing.walk()
            return listing.found
        }
    }

    public func presign(
        _ operation: PresignedOperation, expiresIn: Duration, now: Date
    ) async throws(ObjectStoreError) -> PresignedRequest {
        guard let signer = self.signer else { throw .unsupported(reason: "the filesystem store has no URL signer") }
        return signer.sign(operation, expiresAt: now.addingTimeInterval(TimeInterval(expiresIn.components.seconds)))
    }

    public func localPath(of key: ObjectKey) -> String? { self.layout.object(key) }

    /// Removes what crashes left behind.
    ///
    /// - Parameter age: files changed since then are left alone: somebody may be at work on them. A day is a good value.
    /// - Returns: how many were removed.
    public func removeTemporaryFiles(olderThan age: Duration, now: Date) async throws(ObjectStoreError) -> Int {
        let layout = self.layout
        let limit = now.addingTimeInterval(-TimeInterval(age.components.seconds))
        return try await self.pool.run { () throws(ObjectStoreError) in
            var removed = 0
            for name in try Disk.names(in: layout.temporary) {
                let path = "\(layout.temporary)/\(name)"
                guard let status = try Disk.status(path), status.modified < limit else { continue }
                try Disk.removeTree(path)
                removed += 1
            }
            return removed
        }
    }

    /// Writes a body into a temporary file, checked and synchronised.
    func write(_ body: ObjectBody, digest: Digest?) async throws(ObjectStoreError) -> (FileWriter, FileStatus) {
        let (layout, pool) = (self.layout, self.pool)
        switch body {
        case .bytes(let bytes):
            return try await pool.run { () throws(ObjectStoreError) in
                let writer = try layout.makeWriter(digest: digest)
                try writer.write(bytes)
                return (writer, try writer.finish(length: Int64(bytes.count)))
            }
        case .file(let path, let range):
            return try await pool.run { () throws(ObjectStoreError) in
                let writer = try layout.makeWriter(digest: digest)
                try writer.write(range, of: Self.source(path))
                return (writer, try writer.finish(length: range.upperBound - range.lowerBound))
            }
        case .stream(let length, let stream):
            let writer = try await pool.run { () throws(ObjectStoreError) in
                try layout.makeWriter(digest: digest)
            }
            try await self.drain(stream, length: length, into: writer)
            return (writer, try await pool.run { () throws(ObjectStoreError) in try writer.finish(length: length) })
        }
    }

    private static func source(_ path: String) throws(ObjectStoreError) -> OpenFile {
        do throws(ObjectStoreError) { return try OpenFile(reading: path) } catch {
            throw .sourceUnreadable(path: path, reason: "it cannot be opened")
        }
    }

    /// Writes a stream in batches, so that the hops between threads cost little.
    private func drain(_ stream: ByteStream, length: Int64, into writer: FileWriter) async throws(ObjectStoreError) {
        var iterator = stream.makeAsyncIterator()
        var batch: [ByteBuffer] = []
        var pending = 0
        var total: Int64 = 0
        while true {
            let buffer: ByteBuffer?
            do { buffer = try await iterator.next() } catch is CancellationError { throw .cancelled } catch {
                throw .sourceFailed(reason: String(describing: error))
            }
            if let buffer {
                total += Int64(buffer.readableBytes)
                guard total <= length else { throw .sizeMismatch(expected: ByteCount(length), got: ByteCount(total)) }
                batch.append(buffer)
                pending += buffer.readableBytes
            }
            if pending >= Self.window || (buffer == nil && pending > 0) {
                let full = batch
                try await self.pool.run { () throws(ObjectStoreError) in try writer.write(full) }
                batch.removeAll(keepingCapacity: true)
                pending = 0
            }
            if buffer == nil { return }
            if Task.isCancelled { throw .cancelled }
        }
    }
}
