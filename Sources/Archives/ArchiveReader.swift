public import Content

/// Reads an archive nobody trusts, entry by entry.
///
/// What comes out is safe to create inside one folder: every path was validated, none meets another, none passes
/// through a link, no link leaves the build, and no more bytes come out than the limits allow. After an error nothing
/// more can be read. Blocks on the medium, so it belongs on a thread of its own; one thread at a time.
public struct ArchiveReader: ~Copyable {
    public let format: ArchiveFormat
    private let walk: ArchiveWalk
    private let limits: ArchiveLimits
    private var policy: EntryPolicy
    /// The file being read, and how much of it was.
    private var current: ArchiveEntry?
    private var currentSize: Int64 = 0
    private var totalSize: Int64 = 0

    /// Opens an archive on local disk.
    ///
    /// Of a zip or 7z the whole directory is read here.
    ///
    /// - Throws: the first problem that concerns the archive as a whole.
    public init(path: String, limits: ArchiveLimits) throws(ArchiveError) {
        try self.init(LocalFile(path: path), limits: limits)
    }

    /// Opens an archive wherever its bytes are.
    ///
    /// - Throws: the first problem that concerns the archive as a whole.
    public init(source: any ByteSource, limits: ArchiveLimits) throws(ArchiveError) {
        try self.init(SourceInput(source: source), limits: limits)
    }

    private init(_ input: any ArchiveInput, limits: ArchiveLimits) throws(ArchiveError) {
        self.limits = limits
        self.policy = EntryPolicy(limits: limits)
        self.walk = try ArchiveWalk(input, limits: limits, log: ProblemLog(limit: 0))
        self.format = self.walk.format
    }

    /// Goes to the next entry, past whatever was not read of this one.
    ///
    /// - Returns: nil after the last, when nothing was wrong with the archive as a whole. Only then has every link
    ///   been followed to its end.
    public mutating func nextEntry() throws(ArchiveError) -> ArchiveEntry? {
        self.current = nil
        self.currentSize = 0
        while let raw = try self.walk.walker.next() {
            try self.walk.budget.checkTime()
            do throws(ArchiveProblem) {
                guard let entry = try self.policy.admit(raw) else { continue }
                self.current = entry
                return entry
            } catch {
                throw .refused(error)
            }
        }
        if let problem = self.policy.finish().first { throw .refused(problem) }
        return nil
    }

    /// Reads content of the current file.
    ///
    /// - Parameter buffer: not empty; filled from its start.
    /// - Returns: bytes read; 0 at the end, once size and checksum were found right. Read until then: a file left
    ///   earlier was not checked.
    public mutating func read(into buffer: inout [UInt8]) throws(ArchiveError) -> Int {
        precondition(!buffer.isEmpty, "a buffer needs room")
        guard case .file(let path, _, _) = self.current else { return 0 }
        let walker = self.walk.walker
        let count: Int
        do throws(ArchiveError) {
            count = unsafe try buffer.withUnsafeMutableBufferPointer { bytes throws(ArchiveError) in
                unsafe try walker.read(into: UnsafeMutableRawBufferPointer(bytes))
            }
        } catch {
            throw error.named(path.text)
        }
        try self.count(Int64(count), of: path)
        return count
    }

    /// Passes over the first bytes of the current file, for whoever has them.
    ///
    /// - Returns: false where a checksum is over all of it, as in zip and 7z, or the file has fewer; read it then.
    public mutating func skip(_ count: Int64) throws(ArchiveError) -> Bool {
        guard case .file(let path, _, _) = self.current, count > 0, try self.walk.walker.skip(count) else {
            return false
        }
        try self.count(count, of: path)
        return true
    }

    private mutating func count(_ count: Int64, of path: BuildPath) throws(ArchiveError) {
        self.currentSize += count
        self.totalSize += count
        guard self.currentSize <= self.limits.entrySize.bytes else {
            throw .refused(ArchiveProblem(.entryTooLarge(limit: self.limits.entrySize), path: path.text))
        }
        guard self.totalSize <= self.limits.totalSize.bytes else {
            throw .refused(ArchiveProblem(.tooLarge(limit: self.limits.totalSize), path: path.text))
        }
        try self.walk.budget.checkTime()
    }
}
