import LocalFiles

/// A file that appears under its name only when it is whole.
struct OutputFile {
    private let path: String
    private let file: LocalFile
    private var size: Int64 = 0

    init(_ path: String) throws {
        self.path = path
        _ = try FileSystem.remove(Self.aside(path))
        self.file = try LocalFile(Self.aside(path), mode: .update)
    }

    mutating func write(_ bytes: Span<UInt8>) throws {
        try self.file.write(bytes, at: self.size)
        self.size += Int64(bytes.count)
    }

    /// - Returns: its size.
    func commit() throws -> Int64 {
        try self.file.sync()
        try FileSystem.rename(Self.aside(self.path), to: self.path)
        return self.size
    }

    private static func aside(_ path: String) -> String { "\(path).part" }
}
