import Content
import Digests
import NIOCore
import Synchronization

/// A new file that has no name yet that anybody looks for; it goes away with its last user unless it was published.
///
/// Counts and hashes what is written in the same pass. All methods block.
final class FileWriter: Sendable {
    private struct State: ~Copyable {
        var hasher: SHA256Hasher?
        var count: Int64 = 0
    }

    let file: OpenFile
    private let state: Mutex<State>
    private let declared: Digest?
    private let durability: FilesystemStore.Durability

    /// - Parameter digest: what the bytes must have; nil does not hash them.
    init(path: String, digest: Digest?, durability: FilesystemStore.Durability) throws(ObjectStoreError) {
        self.file = try OpenFile(creating: path)
        self.declared = digest
        self.durability = durability
        self.state = Mutex(State(hasher: digest == nil ? nil : SHA256Hasher()))
    }

    deinit { _ = try? Disk.removeFile(self.file.path) }

    func write(_ buffers: [ByteBuffer]) throws(ObjectStoreError) {
        for buffer in buffers {
            try self.file.write(buffer)
            self.state.withLock { state in
                state.count += Int64(buffer.readableBytes)
                unsafe buffer.withUnsafeReadableBytes { bytes in unsafe state.hasher?.update(bytes) }
            }
        }
    }

    func write(_ bytes: [UInt8]) throws(ObjectStoreError) {
        try self.file.write(bytes)
        self.state.withLock { state in
            state.count += Int64(bytes.count)
            state.hasher?.update(bytes)
        }
    }

    /// Copies a range of another file; inside the kernel when nobody asked for its digest.
    func write(_ range: Range<Int64>, of source: OpenFile) throws(ObjectStoreError) {
        source.expectSequentialReading()
        if self.declared == nil {
            try self.file.append(range, of: source)
            self.state.withLock { $0.count += range.upperBound - range.lowerBound }
            return
        }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let buffer = try source.read(Int(min(1 << 20, range.upperBound - offset)), at: offset)
            guard buffer.readableBytes > 0 else {
                throw .sourceUnreadable(path: source.path, reason: "it is shorter than \(range.upperBound)")
            }
            try self.write([buffer])
            offset += Int64(buffer.readableBytes)
        }
    }

    /// Checks length and digest and waits for the disk.
    ///
    /// Nothing may be written afterwards.
    func finish(length: Int64) throws(ObjectStoreError) -> FileStatus {
        let (count, computed) = self.state.withLock { state in (state.count, state.hasher?.finishAndRestart()) }
        guard count == length else { throw .sizeMismatch(expected: ByteCount(length), got: ByteCount(count)) }
        if let declared = self.declared, let computed, computed != declared {
            throw .digestMismatch(declared: declared, computed: computed)
        }
        if self.durability == .synchronized { try self.file.synchronize() }
        return try self.file.status()
    }
}
