/// Walks a tar, compressed or not.
///
/// Takes what POSIX and GNU write for files, folders and links; a pax header may name and measure an entry. Anything
/// cleverer (sparse files, several volumes, hard links, devices) is reported as refused and passed over.
final class TarWalker: EntryWalker {
    /// Bytes in the largest extended header; real ones hold a path or two and a few attributes.
    private static let longestExtension: Int64 = 1 << 20
    /// Extended headers in front of one entry; real archives have up to three.
    private static let mostExtensions = 8

    private let stream: TarStream
    /// Content of the current entry not yet read.
    private var remaining: Int64 = 0
    /// Zeros between the content's end and the next header.
    private var padding: Int64 = 0
    private var isFinished = false

    init(_ expansion: any Expansion) { self.stream = TarStream(expansion) }

    func next() throws(ArchiveError) -> RawEntry? {
        guard !self.isFinished else { return nil }
        try self.stream.skip(self.remaining + self.padding)
        self.remaining = 0
        self.padding = 0

        var attributes = TarAttributes()
        for _ in 0...Self.mostExtensions {
            let offset = self.stream.offset
            guard let header = try self.header() else {
                guard attributes.isEmpty else { throw .truncated(offset: offset) }
                self.isFinished = true
                return nil
            }
            guard try self.extend(&attributes, with: header, at: offset) else {
                return self.entry(header, attributes, at: offset)
            }
        }
        throw .corrupt("too many extended headers", offset: self.stream.offset)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard self.remaining > 0 else { return 0 }
        let count = Int(min(Int64(buffer.count), self.remaining))
        let got = unsafe try self.stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        guard got > 0 else { throw .truncated(offset: self.stream.offset) }
        self.remaining -= Int64(got)
        return got
    }

    func skip(_ count: Int64) throws(ArchiveError) -> Bool {
        guard count <= self.remaining else { return false }
        try self.stream.skip(count)
        self.remaining -= count
        return true
    }

    /// - Returns: nil where the archive ends as it should: with zeros only, and at least one block of them.
    private func header() throws(ArchiveError) -> TarHeader? {
        let offset = self.stream.offset
        let block = try self.stream.bytes(TarHeader.length)
        guard block.count == TarHeader.length else { throw .truncated(offset: offset) }
        if TarHeader.isZero(block) {
            guard try self.stream.isZeroToTheEnd() else {
                throw .refused(ArchiveProblem(.trailingData, offset: self.stream.offset))
            }
            return nil
        }
        guard let header = TarHeader(block) else { throw .corrupt("not a tar header", offset: offset) }
        return header
    }

    /// - Returns: whether the header was one that speaks about the next.
    private func extend(
        _ attributes: inout TarAttributes, with header: TarHeader, at offset: Int64
    ) throws(ArchiveError) -> Bool {
        switch header.type {
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            guard attributes.addRecords(try self.content(of: header, at: offset)) else {
                throw .corrupt("malformed pax header", offset: offset)
            }
        case UInt8(ascii: "g"):
            var global = TarAttributes()
            guard global.addRecords(try self.content(of: header, at: offset)), global.isEmpty else {
                throw .corrupt("a global pax header names files", offset: offset)
            }
        case UInt8(ascii: "L"): attributes.setName(try self.content(of: header, at: offset))
        case UInt8(ascii: "K"): attributes.setLinkName(try self.content(of: header, at: offset))
        case UInt8(ascii: "V"): try self.stream.skip(Self.padded(header.size))
        default: return false
        }
        return true
    }

    private func content(of header: TarHeader, at offset: Int64) throws(ArchiveError) -> [UInt8] {
        guard header.size <= Self.longestExtension else { throw .corrupt("extended header too long", offset: offset) }
        let bytes = try self.stream.bytes(Int(header.size))
        guard bytes.count == Int(header.size) else { throw .truncated(offset: self.stream.offset) }
        try self.stream.skip(Self.padded(header.size) - header.size)
        return bytes
    }

    private func entry(_ header: TarHeader, _ attributes: TarAttributes, at offset: Int64) -> RawEntry {
        let name = attributes.name ?? header.name
        let linkName = attributes.linkName ?? header.linkName
        let size = attributes.size ?? header.size
        let kind = Self.kind(header.type, name: name, linkName: linkName, isSparse: attributes.isSparse)
        switch kind {
        case .file, .refused(.unsupportedEntry), .refused(.multiVolume):
            self.remaining = size
            self.padding = Self.padded(size) - size
        case .directory, .link, .refused: break  // Their size field counts no content.
        }
        return RawEntry(
            name: name, kind: kind, size: kind == .file ? size : 0, permissions: header.permissions, offset: offset)
    }

    private static func kind(_ type: UInt8, name: [UInt8], linkName: [UInt8], isSparse: Bool) -> RawEntry.Kind {
        guard !isSparse else { return .refused(.unsupportedEntry("sparse files (tar without --sparse)")) }
        switch type {
        case UInt8(ascii: "0"), 0, UInt8(ascii: "7"):
            // Before POSIX, a slash at the end was the only sign of a folder.
            return name.last == UInt8(ascii: "/") ? .directory : .file
        case UInt8(ascii: "1"): return .refused(.hardLink)
        case UInt8(ascii: "2"): return .link(target: linkName)
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"): return .refused(.device)
        case UInt8(ascii: "5"): return .directory
        case UInt8(ascii: "M"): return .refused(.multiVolume)
        case UInt8(ascii: "S"): return .refused(.unsupportedEntry("sparse files (tar without --sparse)"))
        default: return .refused(.unsupportedEntry("tar entries of type \(type)"))
        }
    }

    /// Content is padded with zeros to whole blocks.
    private static func padded(_ size: Int64) -> Int64 {
        let block = Int64(TarHeader.length)
        // A size near the largest number has no padding to speak of: reading it ends in truncation.
        let (sum, overflow) = size.addingReportingOverflow(block - 1)
        return overflow ? size : sum / block * block
    }
}
