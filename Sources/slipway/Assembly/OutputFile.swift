import Glibc
import LocalFiles

/// A file that appears under its name only when it is whole; until then, and if it never is, what stood there stays.
struct OutputFile: ~Copyable {
    private let path: String
    private let file: LocalFile
    private var size: Int64 = 0
    private var isCommitted = false

    /// - Throws: `LocalFileError` for what is no plain file and must not be replaced: a folder, a link, a device such as
    ///   `/dev/null`.
    init(_ path: String) throws {
        let file = try Self.open(path)
        self.path = path
        self.file = file
    }

    private static func open(_ path: String) throws -> LocalFile {
        if let status = try FileSystem.status(of: path), status.kind != .file {
            throw LocalFileError(.open, path, code: status.kind == .directory ? EISDIR : EINVAL)
        }
        _ = try FileSystem.remove(Self.aside(path))
        return try LocalFile(Self.aside(path), mode: .update)
    }

    deinit { if !self.isCommitted { _ = try? FileSystem.remove(Self.aside(self.path)) } }

    mutating func write(_ bytes: Span<UInt8>) throws {
        try self.file.write(bytes, at: self.size)
        self.size += Int64(bytes.count)
    }

    /// - Returns: its size.
    mutating func commit() throws -> Int64 {
        try self.file.sync()
        try FileSystem.rename(Self.aside(self.path), to: self.path)
        self.isCommitted = true
        return self.size
    }

    private static func aside(_ path: String) -> String { "\(path).part" }
}
