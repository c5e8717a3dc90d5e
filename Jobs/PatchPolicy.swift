public import Content
public import Patching

/// What patches may cost, and when they are worth it.
public struct PatchPolicy: Sendable {
    /// How many earlier versions a patch is made from.
    public var versions: Int
    public var level: PatchLevel
    /// Memory of one encoder.
    public var memory: ByteCount
    /// Threads of one encoder.
    public var threads: Int
    /// A patch is kept when it costs at most this share of the chunks it replaces.
    public var worthwhile: Double

    public init(versions: Int, level: PatchLevel, memory: ByteCount, threads: Int, worthwhile: Double) {
        self.versions = versions
        self.level = level
        self.memory = memory
        self.threads = threads
        self.worthwhile = worthwhile
    }
}
