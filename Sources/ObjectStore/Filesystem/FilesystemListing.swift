/// One page of the objects in a directory, in the order of their keys' bytes.
struct FilesystemListing {
    let layout: FilesystemLayout
    let prefix: String
    let after: ObjectKey?
    let limit: Int
    private(set) var found: [ObjectInfo] = []

    init(layout: FilesystemLayout, prefix: String, after: ObjectKey?, limit: Int) {
        self.layout = layout
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    mutating func walk() throws(ObjectStoreError) { try self.walk(directory: "") }

    /// - Parameter directory: empty, or a path that ends in a slash. Keys are at most 1,024 bytes, which bounds the depth.
    private mutating func walk(directory: String) throws(ObjectStoreError) {
        guard directory.utf8.count <= ObjectKey.maximumLength else { return }
        let path = "\(self.layout.objects)/\(directory)"
        for entry in try self.entries(of: path) {
            guard self.found.count < self.limit else { return }
            if Task.isCancelled { throw .cancelled }
            let text = directory + entry.name
            if entry.isDirectory {
                if self.mayHold(text) { try self.walk(directory: text) }
            } else if let key = ObjectKey(text), self.wants(key), let info = try self.layout.head(key)?.info {
                self.found.append(
                    ObjectInfo(
                        key: key, size: info.size, etag: info.etag, digest: nil, lastModified: info.lastModified))
            }
        }
    }

    private struct Entry {
        let name: String
        let isDirectory: Bool
    }

    /// What is in a directory; names of directories end in a slash, which is how keys below them compare with their neighbours.
    private func entries(of path: String) throws(ObjectStoreError) -> [Entry] {
        var entries: [Entry] = []
        do throws(ObjectStoreError) {
            for name in try Disk.names(in: path) {
                guard let status = try Disk.status("\(path)/\(name)") else { continue }
                if status.isDirectory { entries.append(Entry(name: "\(name)/", isDirectory: true)) }
                if status.isFile { entries.append(Entry(name: name, isDirectory: false)) }
            }
        } catch {
            // Deleted while we were on the way to it.
            if error.isMissingFile { return [] }
            throw error
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private func wants(_ key: ObjectKey) -> Bool {
        guard key.text.utf8.starts(with: self.prefix.utf8) else { return false }
        guard let after = self.after else { return true }
        return after < key
    }

    /// - Parameter directory: ends in a slash.
    private func mayHold(_ directory: String) -> Bool {
        guard directory.utf8.starts(with: self.prefix.utf8) || self.prefix.utf8.starts(with: directory.utf8) else {
            return false
        }
        guard let after = self.after else { return true }
        return after.text.utf8.starts(with: directory.utf8) || after.text.utf8.lexicographicallyPrecedes(directory.utf8)
    }
}
