import Glibc

/// Calls on paths of the local file system.
///
/// Links are never followed at the last component, but by ``realPath(of:)``.
///
/// Every call blocks: make it on a pool's thread.
public enum FileSystem {
    /// - Returns: nil when nothing is there.
    public static func status(of path: String) throws(LocalFileError) -> FileStatus? {
        var raw = stat()
        guard unsafe lstat(path, &raw) == 0 else {
            let error = LocalFileError(.inspect, path, code: errno)
            guard error.isNotFound else { throw error }
            return nil
        }
        return FileStatus(raw)
    }

    /// - Returns: the names in a folder but `.` and `..`, in no order.
    public static func list(_ path: String) throws(LocalFileError) -> [DirectoryItem] {
        guard let directory = unsafe opendir(path) else { throw LocalFileError(.list, path, code: errno) }
        defer { unsafe closedir(directory) }
        var items: [DirectoryItem] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(directory) else {
                guard errno == 0 else { throw LocalFileError(.list, path, code: errno) }
                return items
            }
            let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
                unsafe Array(name.prefix { $0 != 0 })
            }
            if bytes != [46], bytes != [46, 46] { items.append(DirectoryItem(bytes: bytes)) }
        }
    }

    /// Makes a folder; a second call does nothing.
    public static func makeDirectory(_ path: String) throws(LocalFileError) {
        guard unsafe mkdir(path, 0o777) != 0 else { return }
        let code = errno
        if code == EEXIST, try self.status(of: path)?.kind == .directory { return }
        throw LocalFileError(.makeDirectory, path, code: code)
    }

    /// Makes a folder and those above it.
    public static func makeDirectories(_ path: String) throws(LocalFileError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            // A link above the folder is the user's own choice; only the last component must be a real folder.
            if end < path.endIndex, self.exists(part) { continue }
            try self.makeDirectory(part)
        }
    }

    /// Moves a file over whatever file or link has the new name, at once for every reader.
    public static func rename(_ path: String, to target: String) throws(LocalFileError) {
        guard unsafe Glibc.rename(path, target) == 0 else { throw LocalFileError(.rename, target, code: errno) }
    }

    /// Removes a file or link.
    ///
    /// - Returns: false when nothing is there.
    @discardableResult
    public static func remove(_ path: String) throws(LocalFileError) -> Bool {
        guard unsafe unlink(path) != 0 else { return true }
        let error = LocalFileError(.remove, path, code: errno)
        guard error.isNotFound else { throw error }
        return false
    }

    /// Removes a folder that is empty.
    ///
    /// - Returns: false when it is not empty, or nothing is there.
    @discardableResult
    public static func removeDirectory(_ path: String) throws(LocalFileError) -> Bool {
        guard unsafe rmdir(path) != 0 else { return true }
        let error = LocalFileError(.remove, path, code: errno)
        guard error.isNotFound || error.code == ENOTEMPTY || error.code == EEXIST else { throw error }
        return false
    }

    /// Removes a folder and all that is in it.
    ///
    /// Links in it are removed, never followed. A second call does nothing.
    public static func removeTree(_ path: String) throws(LocalFileError) {
        guard let status = try self.status(of: path) else { return }
        guard status.kind == .directory else {
            try self.remove(path)
            return
        }
        for item in try self.list(path) {
            guard let name = item.name else {
                throw LocalFileError(.remove, "\(path)/\(item.displayName)", code: EILSEQ)
            }
            try self.removeTree("\(path)/\(name)")
        }
        try self.removeDirectory(path)
    }

    public static func makeLink(_ path: String, to target: String) throws(LocalFileError) {
        guard unsafe symlink(target, path) == 0 else { throw LocalFileError(.makeLink, path, code: errno) }
    }

    /// - Returns: what a link says; nil when its bytes are not UTF-8.
    public static func target(ofLink path: String) throws(LocalFileError) -> String? {
        let capacity = Int(PATH_MAX)
        var failure: Int32?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            let got = unsafe target.withMemoryRebound(to: CChar.self) { target -> Int in
                guard let start = target.baseAddress else { return 0 }
                return unsafe readlink(path, start, capacity)
            }
            if got < 0 { failure = errno } else { count = got }
        }
        if let failure { throw LocalFileError(.readLink, path, code: failure) }
        return String(validating: bytes, as: UTF8.self)
    }

    /// - Returns: the absolute path with every link followed; nil when something on the way is not there.
    public static func realPath(of path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// - Returns: bytes that this user may still write to the file system of a folder.
    public static func freeSpace(at path: String) throws(LocalFileError) -> Int64 {
        var raw = statvfs()
        guard unsafe statvfs(path, &raw) == 0 else { throw LocalFileError(.inspect, path, code: errno) }
        return Int64(clamping: UInt64(raw.f_bavail).multipliedReportingOverflow(by: UInt64(raw.f_frsize)).partialValue)
    }

    /// Returns when the names in a folder are on the disk.
    public static func syncDirectory(_ path: String) throws(LocalFileError) {
        let descriptor = retrying { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw LocalFileError(.open, path, code: errno) }
        defer { close(descriptor) }
        guard (retrying { fsync(descriptor) }) == 0 else { throw LocalFileError(.sync, path, code: errno) }
    }

    /// Whether this user may read a file.
    public static func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    private static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
