import FoundationEssentials
import Glibc

/// Deletes folders in two steps: out of the way by one rename, then file by file.
///
/// The rename cannot be half done, so a crash never leaves half a build. Deleting needs no recursion: a folder inside
/// a folder is first moved to the top, so neither depth nor number matters.
final class Trash: Sendable {
    /// Names looked at before going back to delete them.
    private static let batch = 4096

    private let directory: Descriptor

    init(_ directory: Descriptor) { self.directory = directory }

    /// Moves `name` out of `parent`.
    ///
    /// - Returns: false when it was not there.
    func take(_ name: FileName, from parent: Descriptor) throws(StagingError) -> Bool {
        // A name nobody has used, in this process or another.
        let result = unsafe renameat(parent.number, name.bytes, self.directory.number, UUID().uuidString)
        guard result != 0 else { return true }
        guard errno == ENOENT else { throw .last("renameat", name.text) }
        return false
    }

    /// Deletes everything that was taken.
    ///
    /// Several may do so at once, also in different processes: what another has deleted is no failure.
    func empty() throws(StagingError) {
        while true {
            let names = try self.directory.names(atMost: Self.batch)
            guard !names.isEmpty else { return }
            for name in names { try self.delete(name) }
        }
    }

    private func delete(_ name: FileName) throws(StagingError) {
        if try self.unlink(name, in: self.directory) { return }
        let folder: Descriptor
        do {
            folder = try self.directory.openDirectory(name)
        } catch .missing {
            return
        }
        while true {
            let names = try folder.names(atMost: Self.batch)
            guard !names.isEmpty else { break }
            for inner in names where try !self.unlink(inner, in: folder) {
                _ = try self.take(inner, from: folder)
            }
        }
        _ = try self.unlink(name, in: self.directory)
    }

    /// - Returns: false for a folder with something in it.
    private func unlink(_ name: FileName, in folder: Descriptor) throws(StagingError) -> Bool {
        if unsafe unlinkat(folder.number, name.bytes, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM else { throw .last("unlinkat", name.text) }
        if unsafe unlinkat(folder.number, name.bytes, AT_REMOVEDIR) == 0 || errno == ENOENT { return true }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw .last("unlinkat", name.text) }
        return false
    }
}
