public import Content
import Postgres

/// One path of a build.
public struct FileRecord: Sendable {
    /// What stands at the path.
    public enum Entry: String, Sendable {
        case file, directory, symlink
    }

    /// Its place among the build's paths, from 0, in the order of the paths' bytes.
    public let number: Int
    public let path: BuildPath
    public let entry: Entry
    public let size: Int64
    public let executable: Bool
    /// Of a symlink.
    public let target: String?
    /// Known once the file's chunks are.
    public let digest: Digest?

    public init(
        number: Int, path: BuildPath, entry: Entry, size: Int64, executable: Bool, target: String?, digest: Digest?
    ) {
        self.number = number
        self.path = path
        self.entry = entry
        self.size = size
        self.executable = executable
        self.target = target
        self.digest = digest
    }

    init(_ row: Row) throws {
        let number: Int32 = try row("file_no")
        let path: String = try row("path")
        let entry: String = try row("entry")
        let digest: [UInt8]? = try row("digest")
        guard let entry = Entry(rawValue: entry) else {
            throw PostgresError.decoding(column: "entry", expected: "file, directory or symlink", got: entry)
        }
        self.init(
            number: Int(number), path: try BuildPath(validating: path), entry: entry, size: try row("size"),
            executable: try row("executable"), target: try row("target"), digest: digest.map { Digest(bytes: $0) })
    }
}
