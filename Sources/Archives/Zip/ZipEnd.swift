/// What the end of a zip says about its central directory (APPNOTE 4.3.14–4.3.16).
///
/// Strict where readers differ: the end record's comment must reach exactly to the end of the file, and nothing may
/// hide between directory and end record, so that every reader finds the same directory.
struct ZipEnd {
    let entries: Int64
    /// Of the central directory.
    let range: Range<Int64>

    private static let length = 22
    private static let locatorLength = 20
    private static let zip64Length = 56

    /// - Throws: every way in which the end can be wrong.
    init(of input: any ArchiveInput) throws(ArchiveError) {
        let (record, start) = try Self.endRecord(of: input)
        var entries = Int64(record.little16(10))
        var size = Int64(record.little32(12))
        var offset = Int64(record.little32(16))
        var end = start
        let numbersOfDisks = [record.little16(4), record.little16(6)]

        if let (large, largeStart) = try Self.zip64Record(of: input, before: start) {
            guard large.little32(16) == 0, large.little32(20) == 0 else {
                throw .refused(ArchiveProblem(.multiVolume, offset: largeStart))
            }
            let fields =
                [(large.little64(32), entries, 0xFFFF), (large.little64(40), size, 0xFFFF_FFFF)]
                + [(large.little64(48), offset, 0xFFFF_FFFF)]
            for (wide, narrow, saturated) in fields where narrow != saturated && UInt64(narrow) != wide {
                throw .corrupt("two ends that disagree", offset: largeStart)
            }
            guard let wideEntries = Int64(exactly: large.little64(32)),
                let wideSize = Int64(exactly: large.little64(40)),
                let wideOffset = Int64(exactly: large.little64(48)), large.little64(24) == large.little64(32)
            else { throw .corrupt("impossible zip64 end", offset: largeStart) }
            (entries, size, offset, end) = (wideEntries, wideSize, wideOffset, largeStart)
        } else {
            guard numbersOfDisks == [0, 0], record.little16(8) == record.little16(10) else {
                throw .refused(ArchiveProblem(.multiVolume, offset: start))
            }
            // All ones may be plain truth for the number of entries, but never for sizes.
            guard size != 0xFFFF_FFFF, offset != 0xFFFF_FFFF else {
                throw .corrupt("zip64 end is missing", offset: start)
            }
        }

        guard size <= end, offset <= end - size else { throw .corrupt("directory outside of the file", offset: start) }
        guard offset + size == end else {
            throw .refused(ArchiveProblem(offset + size < end ? .prefixed : .hiddenData, offset: offset))
        }
        // 46 bytes is the least an entry takes.
        guard entries <= size / 46 else { throw .corrupt("more entries than fit", offset: start) }
        self.entries = entries
        self.range = offset..<end
    }

    /// Whether a zip ends here, whatever the file begins with.
    static func isPresent(in input: any ArchiveInput) throws(ArchiveError) -> Bool {
        let (tail, _) = try self.tail(of: input)
        return self.candidates(in: tail).contains { self.isExact(tail, $0) }
    }

    private static func endRecord(of input: any ArchiveInput) throws(ArchiveError) -> ([UInt8], Int64) {
        let (tail, tailStart) = try self.tail(of: input)
        let candidates = self.candidates(in: tail)
        guard let last = candidates.first else { throw .truncated(offset: input.size) }
        guard let exact = candidates.first(where: { self.isExact(tail, $0) }) else {
            let isCut =
                last + self.length > tail.count || last + self.length + Int(tail.little16(last + 20)) > tail.count
            let kind: ArchiveProblem.Kind = isCut ? .truncated : .trailingData
            throw .refused(ArchiveProblem(kind, offset: tailStart + Int64(last)))
        }
        // A second end inside the first one's comment would be what other readers take for the end.
        guard exact == last else {
            throw .refused(ArchiveProblem(.hiddenData, offset: tailStart + Int64(last)))
        }
        return (Array(tail[exact..<exact + self.length]), tailStart + Int64(exact))
    }

    private static func tail(of input: any ArchiveInput) throws(ArchiveError) -> ([UInt8], Int64) {
        let count = min(input.size, Int64(self.length + 0xFFFF))
        return (try input.bytes(Int(count), at: input.size - count), input.size - count)
    }

    /// Where the signature of an end record stands, last first.
    private static func candidates(in tail: [UInt8]) -> [Int] {
        guard tail.count >= 4 else { return [] }
        return stride(from: tail.count - 4, through: 0, by: -1)
            .filter { tail[$0] == 0x50 && tail.little32($0) == 0x0605_4B50 }
    }

    private static func isExact(_ tail: [UInt8], _ start: Int) -> Bool {
        start + self.length <= tail.count && start + self.length + Int(tail.little16(start + 20)) == tail.count
    }

    private static func zip64Record(
        of input: any ArchiveInput, before end: Int64
    ) throws(ArchiveError) -> ([UInt8], Int64)? {
        let locatorStart = end - Int64(self.locatorLength)
        guard locatorStart >= 0 else { return nil }
        let locator = try input.bytes(self.locatorLength, at: locatorStart)
        guard locator.count == self.locatorLength, locator.little32(0) == 0x0706_4B50 else { return nil }
        guard locator.little32(4) == 0, locator.little32(16) <= 1 else {
            throw .refused(ArchiveProblem(.multiVolume, offset: locatorStart))
        }
        let start = locatorStart - Int64(self.zip64Length)
        guard start >= 0 else { throw .corrupt("no room for a zip64 end", offset: locatorStart) }
        let said = locator.little64(8)
        let record = try input.bytes(self.zip64Length, at: start)
        guard record.count == self.zip64Length, record.little32(0) == 0x0606_4B50, record.little64(4) == 44 else {
            throw .corrupt("no zip64 end before its locator", offset: start)
        }
        guard said == UInt64(start) else { throw .refused(ArchiveProblem(.prefixed, offset: start)) }
        return (record, start)
    }
}
