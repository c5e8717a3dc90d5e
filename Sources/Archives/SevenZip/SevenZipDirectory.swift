/// The files a 7z has, read from its header by ourselves.
///
/// libarchive would turn names into the process's character set and normalise them, and set memory aside for as many
/// files as the header claims. Format: 7zFormat.txt of the LZMA SDK.
struct SevenZipDirectory {
    struct File {
        let name: [UInt8]
        let isDirectory: Bool
        let isAnti: Bool
        let size: Int64
        /// Nil when the archive has none.
        let checksum: UInt32?
        /// Type and permissions of POSIX; 0 when the archive has none.
        let mode: UInt32
    }

    private(set) var files: [File] = []

    /// - Parameter header: as it is when unpacked, from its first byte, which says that it is one.
    init(_ header: [UInt8], limits: ArchiveLimits) throws(ArchiveError) {
        var bytes = SevenZipBytes(header)
        guard try bytes.byte() == 0x01 else { throw SevenZipBytes.malformed }
        var streams = SevenZipStreams()
        while true {
            switch try bytes.byte() {
            case 0x00: return
            case 0x02: try Self.skipProperties(&bytes)
            case 0x03: throw .corrupt("7z header with external streams")
            case 0x04: streams = try SevenZipStreams(&bytes, files: limits.entries)
            case 0x05: try self.readFiles(&bytes, streams, limits)
            default: throw SevenZipBytes.malformed
            }
        }
    }

    private static func skipProperties(_ bytes: inout SevenZipBytes) throws(ArchiveError) {
        while try bytes.byte() != 0 { _ = try bytes.bytes(try bytes.count(atMost: bytes.remaining)) }
    }

    private mutating func readFiles(
        _ bytes: inout SevenZipBytes, _ streams: SevenZipStreams, _ limits: ArchiveLimits
    ) throws(ArchiveError) {
        let claimed = try bytes.number()
        guard claimed <= Int64(limits.entries) else {
            throw .refused(ArchiveProblem(.tooManyEntries(limit: limits.entries)))
        }
        let count = Int(claimed)
        var names: [[UInt8]] = []
        var isEmpty = [Bool](repeating: false, count: count)
        var emptyFiles: [Bool] = []
        var antiFiles: [Bool] = []
        var modes = [UInt32](repeating: 0, count: count)
        while true {
            let type = try bytes.byte()
            guard type != 0 else { break }
            let size = try bytes.count(atMost: bytes.remaining)
            var property = SevenZipBytes(Array(try bytes.bytes(size)))
            let empties = isEmpty.filter(\.self).count
            switch type {
            case 0x0E: isEmpty = try property.bits(count)
            case 0x0F: emptyFiles = try property.bits(empties)
            case 0x10: antiFiles = try property.bits(empties)
            case 0x11: names = try Self.names(&property, count)
            case 0x15: modes = try Self.modes(&property, count)
            default: break
            }
        }
        guard names.count == count else { throw SevenZipBytes.malformed }

        var contents = zip(streams.sizes, streams.checksums).makeIterator()
        var empty = 0
        for index in 0..<count {
            var content: (size: Int64, checksum: UInt32?) = (0, nil)
            var isEmptyFile = true
            var isAnti = false
            if isEmpty[index] {
                isEmptyFile = empty < emptyFiles.count && emptyFiles[empty]
                isAnti = empty < antiFiles.count && antiFiles[empty]
                empty += 1
            } else {
                guard let next = contents.next() else { throw SevenZipBytes.malformed }
                content = next
            }
            self.files.append(
                File(
                    name: names[index], isDirectory: !isEmptyFile, isAnti: isAnti, size: content.size,
                    checksum: content.checksum, mode: modes[index]))
        }
        guard contents.next() == nil else { throw SevenZipBytes.malformed }
    }

    /// UTF-16, each name ended by a zero.
    ///
    /// A lone surrogate becomes a byte that no UTF-8 has, so that it is refused.
    private static func names(_ bytes: inout SevenZipBytes, _ count: Int) throws(ArchiveError) -> [[UInt8]] {
        guard try bytes.byte() == 0 else { throw SevenZipBytes.malformed }
        let packed = Array(try bytes.bytes(bytes.remaining))
        var names: [[UInt8]] = []
        var units: [UInt16] = []
        for index in stride(from: 0, to: packed.count - 1, by: 2) {
            let unit = packed.little16(index)
            guard unit == 0 else {
                units.append(unit)
                continue
            }
            guard names.count < count else { throw SevenZipBytes.malformed }
            names.append(String(validating: units, as: UTF16.self).map { Array($0.utf8) } ?? [0xFF])
            units.removeAll(keepingCapacity: true)
        }
        return names
    }

    /// p7zip keeps the mode of POSIX in the upper half of Windows's attributes, and a bit that says so.
    private static func modes(_ bytes: inout SevenZipBytes, _ count: Int) throws(ArchiveError) -> [UInt32] {
        let defined = try bytes.optionalBits(count)
        guard try bytes.byte() == 0 else { throw SevenZipBytes.malformed }
        var modes = [UInt32](repeating: 0, count: count)
        for index in 0..<count where defined[index] {
            let attributes = Array(try bytes.bytes(4)).little32(0)
            if attributes & 0x8000 != 0 { modes[index] = attributes >> 16 }
            // FILE_ATTRIBUTE_REPARSE_POINT: a link or mount of Windows.
            if attributes & 0x8000 == 0, attributes & 0x400 != 0 { modes[index] = 0o120000 }
        }
        return modes
    }
}
