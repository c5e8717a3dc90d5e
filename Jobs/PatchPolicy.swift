public import Content
public import Patching

/// What patches may cost, and when they are worth it.
public struct PatchPolicy: Sendable {
    /// How many earlier versions a patch is made from.
    public var versions: Int
    /// To how many of them a patch back is made, so that a release can be taken back as cheaply as it was given.
    public var rollbacks: Int
    public var level: PatchLevel
    /// Memory of one encoder.
    public var memory: ByteCount
    /// Threads of one encoder.
    public var threads: Int
    /// A patch is kept when it costs at most this share of the chunks it replaces.
    public var worthwhile: Double

    public init(versions: Int, rollbacks: Int, level: PatchLevel, memory: ByteCount, threads: Int, worthwhile: Double) {
        self.versions = versions
        self.rollbacks = rollbacks
        self.level = level
        self.memory = memory
        self.threads = threads
        self.worthwhile = worthwhile
    }
}
