import CLinux
public import Content
import Glibc
import Synchronization

/// The files of one version in staging.
///
/// Any number of threads may write and read different files at once. Every call blocks on the disk.
public final class BuildStaging: Sendable {
    public let version: VersionID

    private static let filesName = FileName("files")
    private static let keptPrefix = "kept-"

    private let directory: Descriptor
    private let trash: Trash
    private let files: Mutex<DirectoryCache>

    init(_ version: VersionID, in root: Descriptor, trash: Trash) throws(StagingError) {
        self.version = version
        self.trash = trash
        self.directory = try root.makeDirectory(FileName(version.description))
        self.files = Mutex(DirectoryCache(root: try self.directory.makeDirectory(Self.filesName)))
    }

    /// Removes every file, also those set aside, so that unpacking can start over.
    ///
    /// Files and writers opened before stay usable, but lead to what was removed.
    public func wipe() throws(StagingError) {
        for name in try self.kept() { _ = try self.trash.take(name, from: self.directory) }
        // The lock is held throughout, so that nobody creates into the old tree while the new one is made.
        try self.files.withLock { files throws(StagingError) in
            _ = try self.trash.take(Self.filesName, from: self.directory)
            files = DirectoryCache(root: try self.directory.makeDirectory(Self.filesName))
        }
        try self.trash.empty()
    }

    /// Sets every file aside, so that unpacking can go on where an earlier attempt was, and be in nobody's way.
    ///
    /// What was set aside before and not adopted is found there too. Files and writers opened before stay usable, but lead
    /// to what was set aside.
    public func setAside() throws(StagingError) -> KeptFiles {
        let last = try self.kept().last.flatMap { Int($0.text.dropFirst(Self.keptPrefix.count)) } ?? 0
        try self.files.withLock { files throws(StagingError) in
            let name = FileName("\(Self.keptPrefix)\(last + 1)")
            let result = unsafe renameat(
                self.directory.number, Self.filesName.bytes, self.directory.number, name.bytes)
            guard result == 0 else { throw .last("renameat", name.text) }
            files = DirectoryCache(root: try self.directory.makeDirectory(Self.filesName))
        }
        return try KeptFiles(self.kept().reversed(), in: self.directory, trash: self.trash)
    }

    /// Folders of files set aside, the oldest first; one for each attempt that was cut off, so they are few.
    private func kept() throws(StagingError) -> [FileName] {
        let names = try self.directory.names(atMost: .max).filter { $0.text.hasPrefix(Self.keptPrefix) }
        return names.sorted { ($0.text.utf8.count, $0.text) < ($1.text.utf8.count, $1.text) }
    }

    /// Creates a file, and the folders it lies in.
    ///
    /// - Throws: ``StagingError/exists(_:)`` when it was created before.
    public func create(_ path: BuildPath, mode: FileMode) throws(StagingError) -> StagedFileWriter {
        let parent = try self.parent(of: path, isMade: true)
        // Only the owner may read; the bit to execute is kept as a note, nothing is ever run from here.
        let permissions: mode_t = mode.isExecutable ? 0o700 : 0o600
        let file = try parent.open(FileName(path.name), O_WRONLY | O_CREAT | O_EXCL, permissions: permissions)
        return StagedFileWriter(file, path: path)
    }

    /// Opens a file for reading.
    ///
    /// - Throws: ``StagingError/missing(_:)``; ``StagingError/intruded(_:)`` when it is none of ours.
    public func open(_ path: BuildPath) throws(StagingError) -> StagedFile {
        let parent = try self.parent(of: path, isMade: false)
        let source = try FileSource(try parent.open(FileName(path.name), O_RDONLY | O_NONBLOCK), name: path.text)
        return StagedFile(path: path, mode: FileMode(permissions: source.permissions), source: source)
    }

    /// A folder for one job, beside the files; it begins empty.
    public func scratch(_ name: String) throws(StagingError) -> StagingScratch {
        try StagingScratch(name, in: self.directory, trash: self.trash)
    }

    /// Takes note that the build is in use, for ``StagingArea/list()``.
    public func touch() throws(StagingError) {
        guard futimens(self.directory.number, nil) == 0 else { throw .last("futimens", "") }
    }

    /// Brings everything written so far to the disk, so that it is there after the machine lost power.
    ///
    /// One call for everything the machine has in memory: far cheaper than one for each of many small files.
    public func flush() throws(StagingError) {
        guard linux_syncfs(self.directory.number) == 0 else { throw .last("syncfs", "") }
    }

    func parent(of path: BuildPath, isMade: Bool) throws(StagingError) -> Descriptor {
        let parent = path.parent
        return try self.files.withLock { files throws(StagingError) in
            try files.directory(parent, isMade: isMade)
        }
    }
}
