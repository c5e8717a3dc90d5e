public import Content

/// One file of a build in staging, complete and never changed again.
public struct StagedFile: ByteSource {
    public let path: BuildPath
    public let mode: FileMode
    /// The bytes, with ways to read them that set no memory aside.
    public let source: FileSource

    public var size: Int64 { self.source.size }

    public func read(_ count: Int, at offset: Int64) throws(StagingError) -> [UInt8] {
        try self.source.read(count, at: offset)
    }
}
