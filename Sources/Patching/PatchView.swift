import Content
import Delta

/// Runs of files that stand side by side as one run of bytes.
struct PatchView: Sendable {
    struct Part: Sendable {
        let file: Int
        let source: any ByteSource
        let offset: Int64
        let length: Int
    }

    let parts: [Part]

    var length: Int { self.parts.reduce(0) { $0 + $1.length } }

    var extents: [PatchExtent] {
        self.parts.map { PatchExtent(file: $0.file, offset: $0.offset, length: $0.length) }
    }

    /// All its bytes.
    ///
    /// - Throws: ``PatchError/oldFileTooShort(file:size:needed:)``, or as the sources do.
    func read() throws -> [UInt8] {
        if self.parts.count == 1, let part = self.parts.first { return try Self.read(part) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.length)
        for part in self.parts { bytes.append(contentsOf: try Self.read(part)) }
        return bytes
    }

    /// Puts all its bytes into `buffer`, which has that size afterwards.
    ///
    /// - Throws: as ``read()``.
    func read(into buffer: inout [UInt8]) throws {
        buffer.resize(to: self.length)
        var start = 0
        for part in self.parts {
            _ = try Self.checkedEnd(of: part)
            try part.source.read(part.length, at: part.offset, into: &buffer, from: start)
            start += part.length
        }
    }

    private static func checkedEnd(of part: Part) throws -> Int64 {
        let needed = part.offset + Int64(part.length)
        guard needed <= part.source.size else {
            throw PatchError.oldFileTooShort(file: part.file, size: part.source.size, needed: needed)
        }
        return needed
    }

    private static func read(_ part: Part) throws -> [UInt8] {
        let needed = try self.checkedEnd(of: part)
        let bytes = try part.source.read(part.length, at: part.offset)
        guard bytes.count == part.length else {
            throw PatchError.oldFileTooShort(file: part.file, size: part.offset + Int64(bytes.count), needed: needed)
        }
        return bytes
    }

    /// The parts of this view that lie in `ranges`, which are ascending, not empty and do not overlap.
    func narrowed(to ranges: [Range<Int>]) -> PatchView {
        var narrowed: [Part] = []
        var start = 0
        var part = 0
        for range in ranges {
            var lower = range.lowerBound
            while lower < range.upperBound {
                while lower >= start + self.parts[part].length {
                    start += self.parts[part].length
                    part += 1
                }
                let upper = min(range.upperBound, start + self.parts[part].length)
                narrowed.append(
                    Part(
                        file: self.parts[part].file, source: self.parts[part].source,
                        offset: self.parts[part].offset + Int64(lower - start), length: upper - lower))
                lower = upper
            }
        }
        return PatchView(parts: narrowed)
    }
}
