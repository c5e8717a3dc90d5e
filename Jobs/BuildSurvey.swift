import BuildStore
import Content

/// What a build is made of: each content and each chunk once, in order; some 60 bytes for each.
struct BuildSurvey: Sendable {
    private(set) var contents = DigestTable()
    private(set) var chunks = DigestTable()
    private(set) var files = 0
    private(set) var bytes: Int64 = 0

    private var contentFiles: [UInt32] = []
    private var contentSizes: [Int64] = []
    private var chunkFiles: [UInt32] = []
    private var chunkOffsets: [Int64] = []
    private var chunkLengths: [UInt32] = []

    /// Adds the next file.
    mutating func add(_ file: FileChunks) {
        let size = file.chunks.elements.reduce(Int64(0)) { $0 + Int64($1.length) }
        self.files += 1
        self.bytes += size
        guard self.contents.insert(file.digest).isNew else { return }
        self.contentFiles.append(UInt32(file.number))
        self.contentSizes.append(size)
        var offset: Int64 = 0
        for chunk in file.chunks.elements {
            if self.chunks.insert(chunk.digest).isNew {
                self.chunkFiles.append(UInt32(file.number))
                self.chunkOffsets.append(offset)
                self.chunkLengths.append(UInt32(chunk.length))
            }
            offset += Int64(chunk.length)
        }
    }

    /// A content by its place in ``contents``: a file that has it, and its size.
    func content(at place: Int) -> (file: Int, size: Int64) {
        (Int(self.contentFiles[place]), self.contentSizes[place])
    }

    /// A chunk by its place in ``chunks``, and where it is to be found.
    func chunk(at place: Int) -> PackPlan.Entry {
        PackPlan.Entry(
            digest: self.chunks[place], file: Int(self.chunkFiles[place]), offset: self.chunkOffsets[place],
            length: Int(self.chunkLengths[place]))
    }
}
