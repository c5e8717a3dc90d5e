/// The central directory of a zip, read whole. Its entries are checked against their local headers by ``ZipLayout``.
///
/// Format: PKWARE APPNOTE 6.3.10.
struct ZipDirectory {
    /// By the offset of their local headers.
    private(set) var entries: [ZipEntry] = []
    private var names: [UInt8] = []
    /// Where it begins, and entries must have ended.
    let start: Int64
    /// Content of all entries together, as the directory says.
    private(set) var totalSize: Int64 = 0

    private static let headerLength = 46

    /// - Parameter log: takes problems of single entries; those of the whole are thrown.
    init(
        of input: any ArchiveInput, limits: ArchiveLimits, budget: ExpansionBudget, log: ProblemLog
    ) throws(ArchiveError) {
        let end = try ZipEnd(of: input)
        guard end.entries > 0 else { throw .refused(ArchiveProblem(.empty)) }
        guard end.entries <= limits.entries else {
            throw .refused(ArchiveProblem(.tooManyEntries(limit: limits.entries)))
        }
        self.start = end.range.lowerBound
        self.entries.reserveCapacity(Int(end.entries))
        try self.readEntries(end, input, log)
        guard self.totalSize <= budget.allowed else { throw .refused(ArchiveProblem(budget.bomb)) }

        self.entries.sort { $0.offset < $1.offset }
    }

    func name(of entry: ZipEntry) -> ArraySlice<UInt8> { self.names[entry.name] }

    private mutating func readEntries(
        _ end: ZipEnd, _ input: any ArchiveInput, _ log: ProblemLog
    ) throws(ArchiveError) {
        var window = InputWindow(input, width: 256 << 10)
        var offset = end.range.lowerBound
        for _ in 0..<end.entries {
            guard end.range.upperBound - offset >= Int64(Self.headerLength) else {
                throw .corrupt("directory shorter than its entries", offset: offset)
            }
            let start = try window.find(Self.headerLength, at: offset)
            guard window.bytes.little32(start) == 0x0201_4B50 else {
                throw .corrupt("not a directory entry", offset: offset)
            }
            let variable = [28, 30, 32].reduce(0) { $0 + Int(window.bytes.little16(start + $1)) }
            let length = Self.headerLength + variable
            guard end.range.upperBound - offset >= Int64(length) else {
                throw .corrupt("directory shorter than its entries", offset: offset)
            }
            let whole = try window.find(length, at: offset)
            try self.readEntry(window.bytes, whole, at: offset, log)
            offset += Int64(length)
        }
        guard offset == end.range.upperBound else { throw .refused(ArchiveProblem(.hiddenData, offset: offset)) }
    }

    private mutating func readEntry(
        _ bytes: [UInt8], _ start: Int, at offset: Int64, _ log: ProblemLog
    ) throws(ArchiveError) {
        let nameEnd = start + Self.headerLength + Int(bytes.little16(start + 28))
        let extraEnd = nameEnd + Int(bytes.little16(start + 30))
        let name = bytes[start + Self.headerLength..<nameEnd]
        guard let extra = ZipExtra(bytes[nameEnd..<extraEnd]) else {
            throw .corrupt("malformed extra field", path: RawEntry.display(name), offset: offset)
        }
        let narrow = [24, 20, 42].map { bytes.little32(start + $0) }
        guard let wide = extra.widen(narrow), bytes.little16(start + 34) == 0 || bytes.little16(start + 34) == 0xFFFF
        else {
            throw .corrupt("impossible zip64 sizes", path: RawEntry.display(name), offset: offset)
        }
        let (sum, overflow) = self.totalSize.addingReportingOverflow(wide[0])
        self.totalSize = overflow ? .max : sum

        // Unix and OS X keep the type and permissions in the upper half.
        let system = bytes.little16(start + 4) >> 8
        let attributes = bytes.little32(start + 38)
        let nameStart = self.names.count
        self.names.append(contentsOf: name)
        if let other = extra.unicodeName(for: name), !other.elementsEqual(name) {
            let isPlain = name.allSatisfy { $0 < 0x80 }
            if isPlain || bytes.little16(start + 8) & ZipEntry.utf8Flag != 0 {
                try log.add(ArchiveProblem(.nameMismatch, path: RawEntry.display(name), offset: offset))
            }
        }
        self.entries.append(
            ZipEntry(
                name: nameStart..<self.names.count, flags: bytes.little16(start + 8),
                method: bytes.little16(start + 10), checksum: bytes.little32(start + 16), packedSize: wide[1],
                size: wide[0], mode: system == 3 || system == 19 ? attributes >> 16 : 0, offset: wide[2]))
    }
}
