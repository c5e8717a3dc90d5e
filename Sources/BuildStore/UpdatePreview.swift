/// What an update from one version to another costs, in all and by file, with the reasons.
///
/// Told first by chunks alone, as soon as a build is hashed, and then by the job that made the patch, or found that none is
/// worth it; so its bytes are at last those of the update itself.
public struct UpdatePreview: Codable, Equatable, Sendable {
    /// Files listed at most, the costliest first.
    public static let mostFiles = 200
    /// Ranges listed of one file at most.
    public static let mostRanges = 16

    public struct Range: Codable, Equatable, Sendable {
        public let offset: Int64
        public let length: Int64

        public init(offset: Int64, length: Int64) {
            self.offset = offset
            self.length = length
        }
    }

    public struct File: Codable, Equatable, Sendable {
        public let path: String
        /// `edited` or `added`.
        public let change: String
        public let size: Int64
        /// Bytes of the patch that make it; nil when it is left to chunks.
        public let patchBytes: Int64?
        /// Bytes of the chunks that the old version does not have.
        public let chunkBytes: Int64
        /// Bytes in such chunks, and where they lie; the last range reaches to the end of the last one.
        public let newBytes: Int64
        public let ranges: [Range]
        /// Codes, the weightiest first.
        public let reasons: [String]

        public init(
            path: String, change: String, size: Int64, patchBytes: Int64?, chunkBytes: Int64, newBytes: Int64,
            ranges: [Range], reasons: [String]
        ) {
            self.path = path
            self.change = change
            self.size = size
            self.patchBytes = patchBytes
            self.chunkBytes = chunkBytes
            self.newBytes = newBytes
            self.ranges = ranges
            self.reasons = reasons
        }

        enum CodingKeys: String, CodingKey {
            case path, change, size, ranges, reasons
            case patchBytes = "patch_bytes"
            case chunkBytes = "chunk_bytes"
            case newBytes = "new_bytes"
        }
    }

    /// Bytes a client with the old version fetches: by the patch and the chunks beside it, or by chunks alone.
    public let updateBytes: Int64
    /// Bytes of the patch, kept or not; nil when there was nothing to patch, or it is not made yet.
    public let patchBytes: Int64?
    /// Bytes of the same update by chunks alone.
    public let chunkBytes: Int64
    /// What applying the patch reads of the old version and writes of the new one.
    public let bytesRead: Int64
    public let bytesWritten: Int64
    /// Groups of the patch by the name of their method.
    public let methods: [String: Int]
    /// Files that are edited or added.
    public let changedFiles: Int
    public let files: [File]
    /// Whether the reasons are of the files themselves, where these are costly, or of chunks alone.
    public internal(set) var isLookedInto = false

    public init(
        updateBytes: Int64, patchBytes: Int64?, chunkBytes: Int64, bytesRead: Int64, bytesWritten: Int64,
        methods: [String: Int], changedFiles: Int, files: [File]
    ) {
        self.updateBytes = updateBytes
        self.patchBytes = patchBytes
        self.chunkBytes = chunkBytes
        self.bytesRead = bytesRead
        self.bytesWritten = bytesWritten
        self.methods = methods
        self.changedFiles = changedFiles
        self.files = files
    }

    enum CodingKeys: String, CodingKey {
        case methods, files
        case updateBytes = "update_bytes"
        case patchBytes = "patch_bytes"
        case chunkBytes = "chunk_bytes"
        case bytesRead = "bytes_read"
        case bytesWritten = "bytes_written"
        case changedFiles = "changed_files"
    }
}
