/// What an installation came to.
public struct InstallSummary: Codable, Equatable, Sendable {
    public var version: String
    public var files = 0
    /// Bytes of all files.
    public var contentBytes: Int64 = 0
    public var filesKept = 0
    public var filesCopied = 0
    public var filesPatched = 0
    public var filesFromChunks = 0
    public var filesRemoved = 0
    /// Fetched in all: patch, chunks, and what was fetched twice.
    public var downloadedBytes: Int64 = 0
    /// Of these, for the patch, its description included.
    public var patchBytes: Int64 = 0
    /// Of these, for chunks.
    public var chunkBytes: Int64 = 0
    /// Content that was there: kept, or copied from installed files.
    public var reusedBytes: Int64 = 0
    /// Groups of the patch that did not apply, whose files were made from chunks instead.
    public var failedGroups = 0
    public var seconds: Double = 0

    public init(version: String) { self.version = version }

    private enum CodingKeys: String, CodingKey {
        case version, files, seconds
        case contentBytes = "content_bytes"
        case filesKept = "files_kept"
        case filesCopied = "files_copied"
        case filesPatched = "files_patched"
        case filesFromChunks = "files_from_chunks"
        case filesRemoved = "files_removed"
        case downloadedBytes = "downloaded_bytes"
        case patchBytes = "patch_bytes"
        case chunkBytes = "chunk_bytes"
        case reusedBytes = "reused_bytes"
        case failedGroups = "failed_groups"
    }
}
