/// One of several files to be scanned.
public struct ScanRequest: Hashable, Sendable {
    public let file: ScanSource
    /// Bytes in the file, as the caller knows it; another size on disk is an error.
    public let size: Int64
    /// For this file's scan itself, not for the wait before it.
    public let deadline: Duration

    public init(_ file: ScanSource, size: Int64, deadline: Duration) {
        self.file = file
        self.size = size
        self.deadline = deadline
    }
}
