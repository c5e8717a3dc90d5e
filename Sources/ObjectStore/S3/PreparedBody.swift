import AsyncHTTPClient
import Content
import Digests
import NIOCore
import SigV4
import Threads

/// What is sent for a body, and what is signed for it.
///
/// Ready to be sent any number of times, unless it is a stream.
struct PreparedBody: Sendable {
    let payload: PayloadHash
    private let length: Int64
    private let declared: Digest?
    private let open: @Sendable () -> SentBody.Source

    /// A file up to so long is read once, into memory, and hashed there.
    private static let smallFile: Int64 = 1 << 20

    /// - Parameters:
    ///   - digest: SHA-256 of the body, if known. It is checked as the bytes pass.
    ///   - isSecure: whether TLS protects the body on its way; otherwise it is hashed, before it is sent, to be signed.
    init(
        _ body: ObjectBody, digest: Digest?, isSecure: Bool, pool: ThreadPool, slices: SlicePool
    ) async throws(ObjectStoreError) {
        self.length = body.length
        switch body {
        case .bytes(let bytes):
            let computed = digest != nil || !isSecure ? Digest.sha256(of: bytes) : nil
            if let digest, let computed, digest != computed {
                throw .digestMismatch(declared: digest, computed: computed)
            }
            self.payload = computed.map { .digest($0) } ?? .unsigned
            self.declared = nil
            let whole = ByteBuffer(bytes: bytes)
            self.open = { Self.slices(of: whole) }
        case .file(let path, let range) where body.length <= Self.smallFile:
            let (whole, computed) = try await pool.run { () throws(ObjectStoreError) in
                try Self.readWhole(path, range, hashing: digest != nil || !isSecure)
            }
            if let digest, let computed, digest != computed {
                throw .digestMismatch(declared: digest, computed: computed)
            }
            self.payload = computed.map { .digest($0) } ?? .unsigned
            self.declared = nil
            self.open = { Self.slices(of: whole) }
        case .file(let path, let range):
            let file = try await pool.run { () throws(ObjectStoreError) in try Self.openFile(path, range) }
            if let digest {
                self.payload = .digest(digest)
            } else if isSecure {
                self.payload = .unsigned
            } else {
                self.payload = .digest(try await pool.run { () throws(ObjectStoreError) in try file.digest(of: range) })
            }
            self.declared = digest
            self.open = { Self.slices(of: file, range, pool, from: slices) }
        case .stream(_, let stream):
            self.payload = digest.map { .digest($0) } ?? .unsigned
            self.declared = digest
            self.open = { Self.slices(of: stream) }
        }
    }

    /// - Returns: nil when there is nothing to send.
    func body(counting progress: Progress, pacedBy barrier: LoopBarrier) -> HTTPClientRequest.Body? {
        guard self.length > 0 else { return nil }
        let body = SentBody(
            length: self.length, declared: self.declared, progress: progress, barrier: barrier, open: self.open)
        return .stream(body, length: .known(self.length))
    }

    private static func openFile(_ path: String, _ range: Range<Int64>) throws(ObjectStoreError) -> OpenFile {
        let file: OpenFile
        do throws(ObjectStoreError) { file = try OpenFile(reading: path) } catch {
            throw .sourceUnreadable(path: path, reason: "it cannot be opened")
        }
        guard try file.status().size >= range.upperBound else {
            throw .sourceUnreadable(path: path, reason: "it is shorter than \(range.upperBound)")
        }
        return file
    }

    private static func readWhole(
        _ path: String, _ range: Range<Int64>, hashing: Bool
    ) throws(ObjectStoreError) -> (ByteBuffer, Digest?) {
        let file = try self.openFile(path, range)
        let count = Int(range.upperBound - range.lowerBound)
        var whole = ByteBuffer()
        whole.reserveCapacity(count)
        while whole.readableBytes < count {
            let before = whole.readableBytes
            try file.read(count - before, at: range.lowerBound + Int64(before), into: &whole)
            guard whole.readableBytes > before else {
                throw .sourceUnreadable(path: path, reason: "it became shorter than \(range.upperBound)")
            }
        }
        guard hashing else { return (whole, nil) }
        var hasher = SHA256Hasher()
        unsafe whole.withUnsafeReadableBytes { bytes in unsafe hasher.update(bytes) }
        return (whole, hasher.finish())
    }

    private static func slices(of whole: ByteBuffer) -> SentBody.Source {
        var rest = whole
        return {
            rest.readSlice(length: min(rest.readableBytes, SentBody.slice)).flatMap { $0.readableBytes > 0 ? $0 : nil }
        }
    }

    private static func slices(
        of file: OpenFile, _ range: Range<Int64>, _ pool: ThreadPool, from slices: SlicePool
    ) -> SentBody.Source {
        var offset = range.lowerBound
        let ring = SliceRing(file, from: slices)
        return {
            guard offset < range.upperBound else { return nil }
            let (start, count) = (offset, Int(min(Int64(SentBody.slice), range.upperBound - offset)))
            let slice = try await pool.run { () throws(ObjectStoreError) in try ring.read(count, at: start) }
            guard slice.readableBytes > 0 else {
                throw ObjectStoreError.sourceUnreadable(
                    path: file.path, reason: "it became shorter than \(range.upperBound)")
            }
            offset += Int64(slice.readableBytes)
            return slice
        }
    }

    private static func slices(of stream: ByteStream) -> SentBody.Source {
        var iterator = stream.makeAsyncIterator()
        return {
            do { return try await iterator.next() } catch is CancellationError {
                throw ObjectStoreError.cancelled
            } catch {
                throw ObjectStoreError.sourceFailed(reason: String(describing: error))
            }
        }
    }
}
