import Glibc

extension FileSystem {
    /// Reads a whole small file.
    ///
    /// - Returns: nil when nothing is there.
    /// - Throws: ``LocalFileError``, with code `EFBIG` when the file holds more than `limit` bytes.
    public static func contents(of path: String, limit: Int) throws(LocalFileError) -> [UInt8]? {
        let file: LocalFile
        do {
            file = try LocalFile(path, mode: .read)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
        guard file.size <= Int64(limit) else { throw LocalFileError(.read, path, code: EFBIG) }
        return try file.read(Int(file.size), at: 0)
    }

    /// Puts a whole small file in place at once: readers see the old bytes or the new ones, also after a power cut.
    public static func replace(_ path: String, with bytes: [UInt8], permissions: UInt32 = 0o644) throws(LocalFileError)
    {
        let temporary = "\(path).new"
        try self.remove(temporary)
        let file = try LocalFile(temporary, mode: .update)
        try file.setPermissions(permissions)
        try file.write(bytes.span, at: 0)
        try file.sync()
        try self.rename(temporary, to: path)
    }
}
