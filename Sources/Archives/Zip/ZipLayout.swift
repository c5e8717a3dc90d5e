/// Checks that a zip's local headers say what its directory says, and that its entries lie side by side.
///
/// What two readers could understand differently is a problem: names, sizes, checksums or flags that differ between
/// the directory and the local header, entries that overlap, and bytes that no entry owns.
/// Overlaps: D. Fifield, "A better zip bomb", 2019.
struct ZipLayout {
    private var window: InputWindow
    private let log: ProblemLog
    /// Where the directory begins, and entries must have ended.
    private let directory: Int64
    /// Where the last entry ended.
    private var end: Int64 = 0

    private static let headerLength = 30

    init(_ input: any ArchiveInput, directory: Int64, log: ProblemLog) {
        self.window = InputWindow(input, width: 4 << 10)
        self.directory = directory
        self.log = log
    }

    /// Checks the entry that follows the one checked last.
    ///
    /// - Parameter next: where the local header after this one begins; nil for the last.
    /// - Returns: where the entry's packed bytes begin.
    mutating func check(
        _ entry: ZipEntry, named name: ArraySlice<UInt8>, before next: Int64?
    ) throws(ArchiveError) -> Int64 {
        if entry.offset > self.end {
            try self.report(self.end == 0 ? .prefixed : .hiddenData, entry, name)
        }
        guard entry.offset <= self.directory - Int64(Self.headerLength) else {
            try self.report(.corrupt("local header outside of the entries"), entry, name)
            return entry.offset
        }
        var start = try self.window.find(Self.headerLength, at: entry.offset)
        guard self.window.bytes.little32(start) == 0x0403_4B50 else {
            try self.report(.corrupt("no local header"), entry, name)
            return entry.offset
        }
        let nameLength = Int(self.window.bytes.little16(start + 26))
        let extraLength = Int(self.window.bytes.little16(start + 28))
        let contentOffset = entry.offset + Int64(Self.headerLength + nameLength + extraLength)
        let (contentEnd, overflow) = contentOffset.addingReportingOverflow(entry.packedSize)
        guard !overflow, contentEnd <= self.directory else {
            try self.report(.overlappingEntries, entry, name)
            return contentOffset
        }
        start = try self.window.find(Int(contentOffset - entry.offset), at: entry.offset)

        try self.compare(start, entry, name, nameLength, extraLength)
        let isOverlapping = entry.offset < self.end || contentEnd > next ?? self.directory
        if isOverlapping {
            try self.report(.overlappingEntries, entry, name)
            self.end = max(self.end, contentEnd)
        } else {
            self.end = contentEnd
            if entry.hasDescriptor { try self.checkDescriptor(entry, name, before: next ?? self.directory) }
            if next == nil, self.end != self.directory { try self.report(.hiddenData, entry, name) }
        }
        return contentOffset
    }

    private func compare(
        _ start: Int, _ entry: ZipEntry, _ name: ArraySlice<UInt8>, _ nameLength: Int, _ extraLength: Int
    ) throws(ArchiveError) {
        let bytes = self.window.bytes
        let nameEnd = start + Self.headerLength + nameLength
        guard bytes[start + Self.headerLength..<nameEnd].elementsEqual(name) else {
            return try self.report(.nameMismatch, entry, name)
        }
        // Only bits that change how the content is read; writers are careless with the others.
        let flags: UInt16 = ZipEntry.encryptedFlags | ZipEntry.descriptorFlag
        guard bytes.little16(start + 6) & flags == entry.flags & flags, bytes.little16(start + 8) == entry.method else {
            return try self.report(.corrupt("local header and directory disagree"), entry, name)
        }
        guard let extra = ZipExtra(bytes[nameEnd..<nameEnd + extraLength]),
            let sizes = extra.widen([bytes.little32(start + 22), bytes.little32(start + 18)])
        else { return try self.report(.corrupt("malformed extra field"), entry, name) }
        // With a descriptor the header was written before the sizes were known, so any of them may be left open.
        let isOpen: (Int64) -> Bool = { entry.hasDescriptor && ($0 == 0 || $0 == 0xFFFF_FFFF) }
        guard sizes[0] == entry.size || isOpen(sizes[0]), sizes[1] == entry.packedSize || isOpen(sizes[1]) else {
            return try self.report(.sizeMismatch, entry, name)
        }
        let checksum = bytes.little32(start + 14)
        guard checksum == entry.checksum || (entry.hasDescriptor && checksum == 0) else {
            return try self.report(.checksumMismatch, entry, name)
        }
    }

    /// Between content and the next header lies a descriptor of 12 to 24 bytes, with or without signature and zip64.
    private mutating func checkDescriptor(
        _ entry: ZipEntry, _ name: ArraySlice<UInt8>, before next: Int64
    ) throws(ArchiveError) {
        let length = next - self.end
        guard [12, 16, 20, 24].contains(length) else {
            self.end = next
            return try self.report(length == 0 ? .corrupt("no data descriptor") : .hiddenData, entry, name)
        }
        let start = try self.window.find(Int(length), at: self.end)
        let bytes = Array(self.window.bytes[start..<start + Int(length)])
        self.end = next
        let isSigned = length == 16 || length == 24
        let isWide = length >= 20
        let fields = isSigned ? 4 : 0
        guard !isSigned || bytes.little32(0) == 0x0807_4B50, bytes.little32(fields) == entry.checksum else {
            return try self.report(.checksumMismatch, entry, name)
        }
        let packed = isWide ? bytes.little64(fields + 4) : UInt64(bytes.little32(fields + 4))
        let size = isWide ? bytes.little64(fields + 12) : UInt64(bytes.little32(fields + 8))
        guard packed == UInt64(entry.packedSize), size == UInt64(entry.size) else {
            return try self.report(.sizeMismatch, entry, name)
        }
    }

    private func report(
        _ kind: ArchiveProblem.Kind, _ entry: ZipEntry, _ name: ArraySlice<UInt8>
    ) throws(ArchiveError) {
        try self.log.add(ArchiveProblem(kind, path: RawEntry.display(name), offset: entry.offset))
    }
}
