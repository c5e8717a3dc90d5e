import Content

/// Where an archive's bytes come from.
protocol ArchiveInput: Sendable {
    var size: Int64 { get }

    /// - Returns: bytes put into `buffer`; fewer than it holds only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(ArchiveError) -> Int
}

extension ArchiveInput {
    /// - Returns: `count` bytes, or fewer where the archive ends.
    func bytes(_ count: Int, at offset: Int64) throws(ArchiveError) -> [UInt8] {
        let count = Int(min(Int64(count), max(0, self.size - offset)))
        guard count > 0 else { return [] }
        return try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written throws(ArchiveError) in
            written = try unsafe self.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        }
    }
}

/// Any source of bytes as input.
struct SourceInput: ArchiveInput {
    let source: any ByteSource

    var size: Int64 { self.source.size }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(ArchiveError) -> Int {
        let count = Int(min(Int64(buffer.count), max(0, self.size - offset)))
        guard count > 0 else { return 0 }
        do {
            let bytes = try self.source.read(count, at: offset)
            guard bytes.count == count else { throw ArchiveError.unreadable(reason: "short read") }
            unsafe buffer.copyBytes(from: bytes)
            return count
        } catch {
            throw .unreadable(reason: "\(error)")
        }
    }
}
