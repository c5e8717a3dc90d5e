public import Content
import Digests
import FoundationEssentials
import Glibc
import NIOCore
import Threads

extension FileTransfer {
    /// Bytes that one request fetches.
    private static let piece: Int64 = 8 << 20

    /// Bytes gathered for one write: few enough to be still in the cache of the core.
    private static let batch = 256 << 10

    /// An object up to so long is gathered whole and goes to the disk in one turn.
    private static let small: Int64 = 1 << 20

    /// Fetches an object into a file, which appears under its name when it is whole.
    ///
    /// - Parameters:
    ///   - path: replaced if it is there. The bytes are first written beside it.
    ///   - digest: what the bytes must have; nil trusts what the store says of the object, if it says anything.
    ///   - progress: told bytes that were written; must be quick.
    /// - Throws: ``ObjectStoreError/digestMismatch(declared:computed:)``; ``ObjectStoreError/conflict(_:)`` when the object is
    ///   replaced meanwhile; and what the store throws. No file is left then.
    @discardableResult
    public func download(
        _ key: ObjectKey, to path: String, digest: Digest?, progress: @escaping (_ written: Int64) -> Void
    ) async throws(ObjectStoreError) -> ObjectInfo {
        // The first piece tells how long the object is, so a short one costs a single request.
        let first = try await self.store.get(key, range: 0..<Self.piece)
        let info = first.info
        let partial = "\(path).\(try FilesystemLayout.randomName())"
        if info.size <= Self.small {
            progress(0)
            try await self.receive(first, at: partial, to: path, digest: digest ?? info.digest)
            progress(info.size)
            return info
        }
        let target = try await self.pool.run { () throws(ObjectStoreError) in
            let target = try OpenFile(creating: partial)
            try target.resize(to: info.size)
            return target
        }
        // Gone when it was renamed.
        defer { unsafe unlink(partial) }
        let pieces = stride(from: Int64(0), to: info.size, by: Int(Self.piece)).map {
            $0..<min($0 + Self.piece, info.size)
        }
        var written: Int64 = 0
        progress(0)
        let (store, pool) = (self.store, self.pool)
        try await self.forEach(pieces) { (range: Range<Int64>) throws(ObjectStoreError) in
            let content = range.lowerBound == 0 ? first : try await store.get(key, range: range)
            guard content.info.etag == info.etag, content.range == range else { throw .conflict(key) }
            try await Self.write(content, to: target, pool)
            return range.upperBound - range.lowerBound
        } then: { (count: Int64) in
            written += count
            progress(written)
        }
        let expected = digest ?? info.digest
        try await pool.run { () throws(ObjectStoreError) in
            if let expected { try Self.check(try target.digest(of: 0..<info.size), is: expected) }
            try Self.publish(target, as: path)
        }
        return info
    }

    private func receive(
        _ content: ObjectContent, at partial: String, to path: String, digest: Digest?
    ) async throws(ObjectStoreError) {
        var iterator = content.makeAsyncIterator()
        var buffers: [ByteBuffer] = []
        while let buffer = try await iterator.next() { buffers.append(buffer) }
        guard content.range == 0..<content.info.size else { throw .conflict(content.info.key) }
        let whole = buffers
        try await self.pool.run { () throws(ObjectStoreError) in
            if let digest {
                var hasher = SHA256Hasher()
                for buffer in whole { unsafe buffer.withUnsafeReadableBytes { unsafe hasher.update($0) } }
                try Self.check(hasher.finish(), is: digest)
            }
            let target = try OpenFile(creating: partial)
            defer { unsafe unlink(partial) }
            try target.write(whole, at: 0)
            try Self.publish(target, as: path)
        }
    }

    private static func check(_ computed: Digest, is expected: Digest) throws(ObjectStoreError) {
        guard computed == expected else { throw .digestMismatch(declared: expected, computed: computed) }
    }

    /// Gives a file its name, once its bytes are on the disk.
    private static func publish(_ file: OpenFile, as path: String) throws(ObjectStoreError) {
        try file.synchronize()
        try Disk.rename(file.path, to: path)
        try OpenFile(reading: Disk.parent(path)).synchronize()
    }

    private static func write(
        _ content: ObjectContent, to file: OpenFile, _ pool: ThreadPool
    ) async throws(ObjectStoreError) {
        var iterator = content.makeAsyncIterator()
        var batch: [ByteBuffer] = []
        var pending = 0
        var offset = content.range.lowerBound
        while true {
            let buffer = try await iterator.next()
            if let buffer {
                batch.append(buffer)
                pending += buffer.readableBytes
            }
            if pending >= self.batch || (buffer == nil && pending > 0) {
                let (full, start) = (batch, offset)
                try await pool.run { () throws(ObjectStoreError) in try file.write(full, at: start) }
                offset += Int64(pending)
                batch.removeAll(keepingCapacity: true)
                pending = 0
            }
            if buffer == nil { return }
        }
    }
}
