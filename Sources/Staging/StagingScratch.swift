import Content
import Glibc

/// A folder beside a build's files for what a job needs while it runs, such as old versions of files.
///
/// Goes with the build. Names are the caller's own, without slashes.
public final class StagingScratch: Sendable {
    static let prefix = "scratch-"

    private let name: FileName
    private let parent: Descriptor
    private let directory: Descriptor
    private let trash: Trash

    init(_ name: String, in parent: Descriptor, trash: Trash, isKept: Bool = false) throws(StagingError) {
        precondition(!name.isEmpty && !name.utf8.contains(UInt8(ascii: "/")), "a name of one component")
        self.name = FileName(Self.prefix + name)
        self.parent = parent
        self.trash = trash
        if !isKept, try trash.take(self.name, from: parent) { try trash.empty() }
        self.directory = try parent.makeDirectory(self.name)
    }

    /// Creates a file.
    public func create(_ name: String) throws -> StagedFileWriter {
        let path = try BuildPath(validating: name)
        let file = try self.directory.open(FileName(name), O_WRONLY | O_CREAT | O_EXCL, permissions: 0o600)
        return StagedFileWriter(file, path: path)
    }

    /// Opens a file to write from its start, and makes it if need be; what is there stays until it is written over.
    ///
    /// For bytes that are the same whoever writes them: another may be at it, or reading already.
    public func rewrite(_ name: String) throws -> StagedFileWriter {
        let path = try BuildPath(validating: name)
        let file = try self.directory.open(FileName(name), O_WRONLY | O_CREAT | O_NONBLOCK, permissions: 0o600)
        return StagedFileWriter(file, path: path)
    }

    /// Opens a file for reading.
    public func open(_ name: String) throws(StagingError) -> FileSource {
        try FileSource(try self.directory.open(FileName(name), O_RDONLY | O_NONBLOCK), name: name)
    }

    /// Removes one file; one that is not there is fine.
    public func remove(_ name: String) throws(StagingError) {
        if try self.trash.take(FileName(name), from: self.directory) { try self.trash.empty() }
    }

    /// Removes the folder and what is in it.
    public func remove() throws(StagingError) {
        if try self.trash.take(self.name, from: self.parent) { try self.trash.empty() }
    }
}
