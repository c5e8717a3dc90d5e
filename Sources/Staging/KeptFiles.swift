public import Content
import Glibc
import Synchronization

/// Files of a build that an earlier attempt laid into staging, set aside by ``BuildStaging/setAside()``.
///
/// That attempt may still run, paused or cut off, and write: into folders and files that lie here, and never among
/// the build's own. Files that it had ended are adopted one by one.
public final class KeptFiles: Sendable {
    private let names: [FileName]
    private let parent: Descriptor
    private let trash: Trash
    /// The one set aside last comes first.
    private let folders: Mutex<[DirectoryCache]>

    init(_ names: [FileName], in parent: Descriptor, trash: Trash) throws(StagingError) {
        self.names = names
        self.parent = parent
        self.trash = trash
        var folders: [DirectoryCache] = []
        for name in names { folders.append(DirectoryCache(root: try parent.openDirectory(name))) }
        self.folders = Mutex(folders)
    }

    /// Makes a file that was ended the build's own again.
    ///
    /// - Parameter size: the file's, which must be right.
    /// - Returns: false when there is none such.
    public func adopt(_ path: BuildPath, size: Int64, into build: BuildStaging) throws(StagingError) -> Bool {
        try self.move(path, into: build) { $0 == size } != nil
    }

    /// Makes the beginning of a file the build's own again, to be written on.
    ///
    /// For bytes that are the same whoever writes them: the earlier attempt may still be at it.
    ///
    /// - Parameter size: bytes that reached the disk; what comes after them is written again.
    /// - Returns: nil when there is none such.
    public func resume(
        _ path: BuildPath, at size: Int64, into build: BuildStaging
    ) throws(StagingError) -> StagedFileWriter? {
        guard let parent = try self.move(path, into: build, where: { $0 >= size }) else { return nil }
        let file = try parent.open(FileName(path.name), O_WRONLY | O_NONBLOCK)
        guard lseek(file.number, Int(size), SEEK_SET) == size else { throw .last("lseek", path.text) }
        return StagedFileWriter(file, path: path, size: size)
    }

    /// - Returns: the folder it is in now; nil when there is none of such a size.
    private func move(
        _ path: BuildPath, into build: BuildStaging, where isFit: (Int64) -> Bool
    ) throws(StagingError) -> Descriptor? {
        let name = FileName(path.name)
        guard let source = try self.folder(of: path, where: isFit) else { return nil }
        let target = try build.parent(of: path, isMade: true)
        if unsafe renameat(source.number, name.bytes, target.number, name.bytes) == 0 { return target }
        guard errno == ENOENT else { throw .last("renameat", path.text) }
        return nil
    }

    /// Removes what was not adopted.
    public func remove() throws(StagingError) {
        for name in self.names { _ = try self.trash.take(name, from: self.parent) }
        try self.trash.empty()
    }

    /// The folder in which the file lies.
    private func folder(of path: BuildPath, where isFit: (Int64) -> Bool) throws(StagingError) -> Descriptor? {
        try self.folders.withLock { folders throws(StagingError) in
            for index in folders.indices {
                do throws(StagingError) {
                    let parent = try folders[index].directory(path.parent, isMade: false)
                    let file = try parent.open(FileName(path.name), O_RDONLY | O_NONBLOCK)
                    let status = try file.status(path.text)
                    if status.st_mode & S_IFMT == S_IFREG, isFit(Int64(status.st_size)) { return parent }
                } catch {
                    guard case .missing = error else { throw error }
                }
            }
            return nil
        }
    }
}
