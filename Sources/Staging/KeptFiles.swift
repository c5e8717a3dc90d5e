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
        let name = FileName(path.name)
        guard let source = try self.folder(of: path, size: size) else { return false }
        let target = try build.parent(of: path, isMade: true)
        if unsafe renameat(source.number, name.bytes, target.number, name.bytes) == 0 { return true }
        guard errno == ENOENT else { throw .last("renameat", path.text) }
        return false
    }

    /// Removes what was not adopted.
    public func remove() throws(StagingError) {
        for name in self.names { _ = try self.trash.take(name, from: self.parent) }
        try self.trash.empty()
    }

    /// The folder in which the file lies, whole.
    private func folder(of path: BuildPath, size: Int64) throws(StagingError) -> Descriptor? {
        try self.folders.withLock { folders throws(StagingError) in
            for index in folders.indices {
                do throws(StagingError) {
                    let parent = try folders[index].directory(path.parent, isMade: false)
                    let file = try parent.open(FileName(path.name), O_RDONLY | O_NONBLOCK)
                    let status = try file.status(path.text)
                    if status.st_mode & S_IFMT == S_IFREG, Int64(status.st_size) == size { return parent }
                } catch {
                    guard case .missing = error else { throw error }
                }
            }
            return nil
        }
    }
}
