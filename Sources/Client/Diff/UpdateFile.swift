public import Content
public import Delta

/// One file that an update has to make.
public struct UpdateFile: Encodable, Equatable, Sendable {
    /// Where it comes from.
    public enum Origin: String, Encodable, Sendable {
        /// Nothing like it is in the old version.
        case added
        /// The old version has files like it.
        case edited
        /// Its content lies at another path of the old version, and costs nothing.
        case moved
    }

    public let path: BuildPath
    public let size: Int64
    public let origin: Origin
    /// Why it costs what it costs, the weightiest first.
    public let reasons: [UpdateReason]
    /// Bytes of content in chunks that the old version does not have.
    public let newBytes: Int64
    /// Bytes to download for those chunks.
    public let chunkBytes: Int64
    /// Bytes of a patch on account of it, shared by length with files that are made along with it; nil when none was made.
    public var patchBytes: Int64?

    /// Bytes to download, by whichever way is less.
    public var bytes: Int64 { min(self.chunkBytes, self.patchBytes ?? .max) }

    /// The origin and the reasons in one line, for people.
    public var why: String { ([self.origin.rawValue] + self.reasons.map(\.rawValue)).joined(separator: ", ") }

    /// - Returns: nil for a file that did not change.
    init?(_ change: FileChange) {
        switch change.kind {
        case .unchanged: return nil
        case .moved: self.origin = .moved
        case .edited: self.origin = .edited
        case .added: self.origin = .added
        }
        self.path = change.path
        self.size = change.size
        self.reasons = change.reasons
        self.newBytes = change.newBytes
        self.chunkBytes = change.chunkBytes
    }

    private enum CodingKeys: String, CodingKey {
        case path, size, origin, reasons, bytes
        case newBytes = "new_bytes"
        case chunkBytes = "chunk_bytes"
        case patchBytes = "patch_bytes"
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(self.path, forKey: .path)
        try values.encode(self.size, forKey: .size)
        try values.encode(self.origin, forKey: .origin)
        try values.encode(self.reasons.map(\.rawValue), forKey: .reasons)
        try values.encode(self.bytes, forKey: .bytes)
        try values.encode(self.newBytes, forKey: .newBytes)
        try values.encode(self.chunkBytes, forKey: .chunkBytes)
        try values.encodeIfPresent(self.patchBytes, forKey: .patchBytes)
    }
}
