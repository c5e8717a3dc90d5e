import Content
import Glibc

/// An open file or folder, closed when nobody refers to it any more.
final class Descriptor: Sendable {
    let number: Int32

    /// Takes over `number`.
    init(_ number: Int32) { self.number = number }

    deinit { close(self.number) }

    /// Opens a name inside this folder; a link there is never followed.
    func open(_ name: FileName, _ flags: Int32, permissions: mode_t = 0) throws(StagingError) -> Descriptor {
        while true {
            let number = unsafe openat(self.number, name.bytes, flags | O_NOFOLLOW | O_CLOEXEC, permissions)
            guard number < 0 else { return Descriptor(number) }
            guard errno == EINTR else { throw .last("openat", name.text) }
        }
    }

    func openDirectory(_ name: FileName) throws(StagingError) -> Descriptor {
        try self.open(name, O_RDONLY | O_DIRECTORY)
    }

    /// Makes a folder inside this one unless it is there, and opens it.
    func makeDirectory(_ name: FileName) throws(StagingError) -> Descriptor {
        guard unsafe mkdirat(self.number, name.bytes, 0o700) == 0 || errno == EEXIST else {
            throw .last("mkdirat", name.text)
        }
        return try self.openDirectory(name)
    }

    func status(_ path: String) throws(StagingError) -> stat {
        var status = stat()
        guard unsafe fstat(self.number, &status) == 0 else { throw .last("fstat", path) }
        return status
    }

    /// Names in this folder but `.` and `..`, at most `limit`, in no order.
    func names(atMost limit: Int) throws(StagingError) -> [FileName] {
        // The stream takes over its descriptor, so it gets one of its own, with a position of its own.
        let copy = try self.open(FileName("."), O_RDONLY | O_DIRECTORY)
        let number = dup(copy.number)
        guard number >= 0 else { throw .last("dup", "") }
        guard let stream = unsafe fdopendir(number) else {
            close(number)
            throw .last("fdopendir", "")
        }
        defer { unsafe closedir(stream) }
        var names: [FileName] = []
        while names.count < limit {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw .last("readdir", "") }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe FileName($0) }
            }
            if name.text != ".", name.text != ".." { names.append(name) }
        }
        return names
    }
}
