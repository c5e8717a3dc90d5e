import Glibc

/// The few things needed from the file system, with the owner and mode under control.
enum Files {
    static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    static var searchPath: [String] {
        guard let path = unsafe getenv("PATH") else { return ["/usr/bin", "/bin", "/usr/sbin", "/sbin"] }
        return unsafe String(cString: path).split(separator: ":").map(String.init)
    }

    /// - Returns: the first in `PATH`, or in the directories of the system's own programs.
    static func program(_ name: String) -> String? {
        (Self.searchPath + ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]).map { "\($0)/\(name)" }.first(
            where: isExecutable)
    }

    static func entries(of directory: String) -> [String] {
        guard let handle = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// - Returns: the last `limit` bytes of a text; nil when it cannot be read.
    static func text(of path: String, last limit: Int = 65_536) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        lseek(descriptor, off_t(max(0, size - limit)), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress?.advanced(by: count), limit - count)
            }
            guard got > 0 else { break }
            count += got
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Makes a directory and those above it that are missing.
    static func makeDirectories(_ path: String, mode: mode_t) {
        if Self.exists(path) { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            Self.makeDirectories(String(path[..<slash]), mode: 0o755)
        }
        _ = unsafe mkdir(path, mode)
    }

    /// Removes a directory and all that is in it; symbolic links are removed, not followed.
    static func removeTree(_ path: String) {
        if unsafe unlink(path) == 0 || errno == ENOENT { return }
        for entry in Self.entries(of: path) { Self.removeTree(path + "/" + entry) }
        _ = unsafe rmdir(path)
    }

    static func size(of path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// - Returns: owner and mode of what is there itself, links not followed.
    static func status(_ path: String) -> (owner: uid_t, mode: mode_t)? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return (status.st_uid, status.st_mode)
    }
}
