public import Content

/// A file of the new version that a patch shall make.
public struct PatchTarget: Sendable {
    /// Index in the new manifest.
    public let file: Int
    /// Its bytes.
    public let source: any ByteSource
    /// Old files it may be made from, the likeliest first; may be empty.
    public let references: [PatchReference]
    /// How many times larger it may be once deflate streams in it are open (`StreamCarriers`): 1 or more. What does not fit
    /// a group in that state is cut smaller.
    public let growth: Int

    public init(file: Int, source: any ByteSource, references: [PatchReference], growth: Int = 1) {
        self.file = file
        self.source = source
        self.references = references
        self.growth = growth
    }
}

/// A file of the old version.
public struct PatchReference: Sendable {
    /// Index in the old manifest.
    public let file: Int
    /// Its bytes.
    public let source: any ByteSource

    public init(file: Int, source: any ByteSource) {
        self.file = file
        self.source = source
    }
}
