/// How the content of a 7z is cut into folders, and those into files (`StreamsInfo` of 7zFormat.txt).
struct SevenZipStreams {
    struct Coder {
        let method: [UInt8]
        let properties: [UInt8]
        let outputs: Int
    }

    struct Folder {
        var coders: [Coder] = []
        /// Of each coder's outputs.
        var sizes: [Int64] = []
        /// Outputs that feed another coder.
        var bound: Set<Int> = []
        var checksum: UInt32?

        /// Bytes that come out in the end: of the one output that feeds nobody.
        var size: Int64 { self.sizes.indices.first { !self.bound.contains($0) }.map { self.sizes[$0] } ?? 0 }
    }

    private(set) var packPosition: Int64 = 0
    private(set) var packSizes: [Int64] = []
    private(set) var folders: [Folder] = []
    /// Of every file that has content, in order.
    private(set) var sizes: [Int64] = []
    /// Of the same files, where the header has them.
    private(set) var checksums: [UInt32?] = []

    private static let aes: [UInt8] = [6, 0xF1, 7, 1]
    /// What libarchive unpacks: copy, LZMA2, LZMA, PPMd, Deflate, bzip2, Delta, and the filters for machine code.
    private static let methods: Set<[UInt8]> = [
        [0], [0x21], [3, 1, 1], [3, 4, 1], [4, 1, 8], [4, 2, 2], [3], [3, 3, 1, 3], [3, 3, 1, 0x1B], [3, 3, 2, 5],
        [3, 3, 4, 1], [3, 3, 5, 1], [3, 3, 7, 1], [3, 3, 8, 5], [4], [5], [6], [7], [8], [9],
    ]
    /// 7-Zip takes 32 coders to a folder, and 32 streams to a coder.
    private static let mostCoders = 32
    /// Folders and packed streams; each takes at least some bytes of the header, but not many.
    private static let most = 1 << 24

    init() {}

    /// - Throws: also encrypted, where a coder says so.
    init(_ bytes: inout SevenZipBytes, files: Int) throws(ArchiveError) {
        var hasFileSizes = false
        loop: while true {
            switch try bytes.byte() {
            case 0x00: break loop
            case 0x06: try self.readPacking(&bytes)
            case 0x07: try self.readFolders(&bytes)
            case 0x08:
                try self.readFileSizes(&bytes, files: files)
                hasFileSizes = true
            default: throw SevenZipBytes.malformed
            }
        }
        if !hasFileSizes {
            self.sizes = self.folders.map(\.size)
            self.checksums = self.folders.map(\.checksum)
        }
    }

    private mutating func readPacking(_ bytes: inout SevenZipBytes) throws(ArchiveError) {
        self.packPosition = try bytes.number()
        let count = try bytes.count(atMost: min(Self.most, bytes.remaining))
        while true {
            switch try bytes.byte() {
            case 0x00: return
            case 0x09:
                self.packSizes = []
                for _ in 0..<count { self.packSizes.append(try bytes.number()) }
            case 0x0A: _ = try Self.readChecksums(&bytes, count)
            default: throw SevenZipBytes.malformed
            }
        }
    }

    private mutating func readFolders(_ bytes: inout SevenZipBytes) throws(ArchiveError) {
        guard try bytes.byte() == 0x0B else { throw SevenZipBytes.malformed }
        let count = try bytes.count(atMost: min(Self.most, bytes.remaining))
        guard try bytes.byte() == 0 else { throw SevenZipBytes.malformed }
        self.folders = []
        for _ in 0..<count { self.folders.append(try Self.folder(&bytes)) }
        guard try bytes.byte() == 0x0C else { throw SevenZipBytes.malformed }
        for index in self.folders.indices {
            for _ in 0..<self.folders[index].coders.reduce(0, { $0 + $1.outputs }) {
                self.folders[index].sizes.append(try bytes.number())
            }
        }
        while true {
            switch try bytes.byte() {
            case 0x00: return
            case 0x0A:
                for (index, checksum) in try Self.readChecksums(&bytes, count).enumerated() {
                    self.folders[index].checksum = checksum
                }
            default: throw SevenZipBytes.malformed
            }
        }
    }

    private static func folder(_ bytes: inout SevenZipBytes) throws(ArchiveError) -> Folder {
        var folder = Folder()
        var inputs = 0
        var outputs = 0
        let count = try bytes.count(atMost: self.mostCoders)
        for _ in 0..<count {
            let flags = try bytes.byte()
            guard flags & 0xC0 == 0 else { throw SevenZipBytes.malformed }
            let method = Array(try bytes.bytes(Int(flags & 0x0F)))
            guard method != self.aes else { throw .refused(ArchiveProblem(.encrypted)) }
            guard self.methods.contains(method) else {
                let name = method.map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
                throw .refused(ArchiveProblem(.unsupportedCompression("7z method \(name)")))
            }
            var coderOutputs = 1
            if flags & 0x10 != 0 {
                inputs += try bytes.count(atMost: self.mostCoders)
                coderOutputs = try bytes.count(atMost: self.mostCoders)
            } else {
                inputs += 1
            }
            outputs += coderOutputs
            let properties = flags & 0x20 == 0 ? [] : Array(try bytes.bytes(try bytes.count(atMost: bytes.remaining)))
            folder.coders.append(Coder(method: method, properties: properties, outputs: coderOutputs))
        }
        guard outputs > 0 else { throw SevenZipBytes.malformed }
        for _ in 0..<outputs - 1 {
            _ = try bytes.number()
            folder.bound.insert(try bytes.count(atMost: outputs))
        }
        let packed = inputs - (outputs - 1)
        guard packed > 0 else { throw SevenZipBytes.malformed }
        if packed > 1 { for _ in 0..<packed { _ = try bytes.number() } }
        return folder
    }

    private mutating func readFileSizes(_ bytes: inout SevenZipBytes, files: Int) throws(ArchiveError) {
        var counts = [Int](repeating: 1, count: self.folders.count)
        var type = try bytes.byte()
        if type == 0x0D {
            var total = 0
            for index in counts.indices {
                counts[index] = try bytes.count(atMost: files - total)
                total += counts[index]
            }
            type = try bytes.byte()
        }
        for (folder, count) in zip(self.folders, counts) where count > 0 {
            var rest = folder.size
            for _ in 0..<count - 1 {
                // Without the sizes of a folder's files, all of it belongs to the last.
                let size = type == 0x09 ? try bytes.number() : 0
                guard size <= rest else { throw SevenZipBytes.malformed }
                self.sizes.append(size)
                rest -= size
            }
            self.sizes.append(rest)
        }
        if type == 0x09 { type = try bytes.byte() }
        // A folder of one file with a checksum of its own lends it to the file.
        let known = zip(self.folders, counts).filter { $0.0.checksum != nil && $0.1 == 1 }.count
        var others: [UInt32?] = []
        if type == 0x0A {
            others = try Self.readChecksums(&bytes, counts.reduce(0, +) - known)
            type = try bytes.byte()
        }
        guard type == 0x00 else { throw SevenZipBytes.malformed }
        var rest = others.makeIterator()
        for (folder, count) in zip(self.folders, counts) {
            if count == 1, let checksum = folder.checksum {
                self.checksums.append(checksum)
            } else {
                for _ in 0..<count { self.checksums.append(rest.next() ?? nil) }
            }
        }
    }

    private static func readChecksums(_ bytes: inout SevenZipBytes, _ count: Int) throws(ArchiveError) -> [UInt32?] {
        let defined = try bytes.optionalBits(count)
        var checksums: [UInt32?] = []
        for isDefined in defined { checksums.append(isDefined ? Array(try bytes.bytes(4)).little32(0) : nil) }
        return checksums
    }
}
