import Glibc

/// The calls that change names.
///
/// All block.
enum Disk {
    /// Runs a call that answers -1 and errno, again while it is interrupted.
    @discardableResult
    static func check(
        _ operation: String, _ path: String, _ call: () -> Int32
    ) throws(ObjectStoreError) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw self.error(operation, path, code: code) }
        }
    }

    static func error(_ operation: String, _ path: String, code: Int32) -> ObjectStoreError {
        switch code {
        case ENOSPC, EDQUOT: .diskFull
        case EROFS: .readOnly(path: path)
        default: .inputOutput(operation: operation, path: path, code: code)
        }
    }

    /// - Returns: nil when there is nothing, or a file where a directory should be.
    static func status(_ path: String) throws(ObjectStoreError) -> FileStatus? {
        var raw = stat()
        do throws(ObjectStoreError) {
            try self.check("stat", path) { unsafe lstat(path, &raw) }
        } catch {
            if error.isMissingFile { return nil }
            throw error
        }
        return FileStatus(raw)
    }

    /// Makes a directory and those above it.
    ///
    /// - Returns: those that were not there before.
    static func makeDirectories(_ path: String) throws(ObjectStoreError) -> [String] {
        if unsafe mkdir(path, 0o755) == 0 { return [path] }
        switch errno {
        case EEXIST:
            var raw = stat()
            // A link to a directory is one too: an operator may have put the store elsewhere.
            guard unsafe stat(path, &raw) == 0, FileStatus(raw).isDirectory else {
                throw self.error("mkdir", path, code: ENOTDIR)
            }
            return []
        case ENOENT where self.parent(path) != path:
            let made = try self.makeDirectories(self.parent(path))
            if unsafe mkdir(path, 0o755) == 0 { return made + [path] }
            guard errno == EEXIST else { throw self.error("mkdir", path, code: errno) }
            return made
        case let code: throw self.error("mkdir", path, code: code)
        }
    }

    static func rename(_ from: String, to target: String) throws(ObjectStoreError) {
        try self.check("rename", target) { unsafe Glibc.rename(from, target) }
    }

    static func link(_ from: String, to target: String) throws(ObjectStoreError) {
        try self.check("link", target) { unsafe Glibc.link(from, target) }
    }

    /// - Returns: false when there was nothing to remove.
    @discardableResult
    static func removeFile(_ path: String) throws(ObjectStoreError) -> Bool {
        do throws(ObjectStoreError) { try self.check("unlink", path) { unsafe unlink(path) } } catch {
            if error.isMissingFile { return false }
            throw error
        }
        return true
    }

    /// Removes a file or a whole directory; one that is gone is fine.
    static func removeTree(_ path: String) throws(ObjectStoreError) {
        guard let status = try self.status(path) else { return }
        guard status.isDirectory else {
            try self.removeFile(path)
            return
        }
        for name in try self.names(in: path) { try self.removeTree("\(path)/\(name)") }
        do throws(ObjectStoreError) { try self.check("rmdir", path) { unsafe rmdir(path) } } catch {
            if !error.isMissingFile { throw error }
        }
    }

    /// The names in a directory, in any order, without `.` and `..`; those that are not UTF-8 are left out.
    static func names(in path: String) throws(ObjectStoreError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw self.error("opendir", path, code: errno) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name, name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

extension ObjectStoreError {
    /// Whether a path leads nowhere.
    var isMissingFile: Bool {
        if case .inputOutput(_, _, let code) = self { code == ENOENT || code == ENOTDIR } else { false }
    }

    func isFileError(_ codes: Int32...) -> Bool {
        if case .inputOutput(_, _, let code) = self { codes.contains(code) } else { false }
    }
}
