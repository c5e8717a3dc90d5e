import Content

/// Keeps the folders used lately open, so that a file in the same folder costs one call to open.
struct DirectoryCache {
    private struct Slot {
        let directory: Descriptor
        var lastUse: Int
    }

    /// Folders open at a time.
    private static let most = 128

    private let root: Descriptor
    private var slots: [String: Slot] = [:]
    private var uses = 0

    init(root: Descriptor) { self.root = root }

    /// Opens a folder by its path from the root, step by step from the nearest one that is open.
    ///
    /// - Parameters:
    ///   - path: nil for the root.
    ///   - isMade: whether missing folders are made on the way.
    mutating func directory(_ path: BuildPath?, isMade: Bool) throws(StagingError) -> Descriptor {
        guard let path else { return self.root }
        self.uses += 1
        if let directory = self.slots[path.text]?.directory {
            self.slots[path.text]?.lastUse = self.uses
            return directory
        }
        let parent = try self.directory(path.parent, isMade: isMade)
        let name = FileName(path.name)
        let directory = isMade ? try parent.makeDirectory(name) : try parent.openDirectory(name)
        if self.slots.count >= Self.most { self.evict() }
        self.slots[path.text] = Slot(directory: directory, lastUse: self.uses)
        return directory
    }

    /// Drops the half that was used longest ago, which makes room for a while.
    private mutating func evict() {
        let ages = self.slots.values.map(\.lastUse).sorted()
        let middle = ages[ages.count / 2]
        self.slots = self.slots.filter { $0.value.lastUse > middle }
    }
}
