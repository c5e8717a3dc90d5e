public import Content

/// One file that an update has to make.
public struct UpdateFile: Encodable, Equatable, Sendable {
    /// Why it has to be made.
    public enum Reason: String, Encodable, Sendable {
        /// No file of the old version lies at its path.
        case added
        /// The file at its path had other content.
        case changed
        /// Its content lies at another path of the old version, and costs nothing.
        case moved
    }

    public let path: BuildPath
    public let size: Int64
    public let reason: Reason
    /// Bytes of content in chunks that the old version does not have.
    public var newBytes: Int64 = 0
    /// Bytes to download for those chunks.
    public var chunkBytes: Int64 = 0
    /// Bytes of a patch from the file at the same path; nil when none was made.
    public var patchBytes: Int64?

    /// Bytes to download, by whichever way is less.
    public var bytes: Int64 { min(self.chunkBytes, self.patchBytes ?? .max) }

    init(path: BuildPath, size: Int64, reason: Reason) {
        self.path = path
        self.size = size
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case path, size, reason, bytes
        case newBytes = "new_bytes"
        case chunkBytes = "chunk_bytes"
        case patchBytes = "patch_bytes"
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(self.path, forKey: .path)
        try values.encode(self.size, forKey: .size)
        try values.encode(self.reason, forKey: .reason)
        try values.encode(self.bytes, forKey: .bytes)
        try values.encode(self.newBytes, forKey: .newBytes)
        try values.encode(self.chunkBytes, forKey: .chunkBytes)
        try values.encodeIfPresent(self.patchBytes, forKey: .patchBytes)
    }
}
