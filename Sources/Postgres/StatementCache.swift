/// Which statements a session has prepared, the least recently used leaving first.
///
/// A statement is prepared at its second use: those used once cost nothing extra.
struct StatementCache {
    struct Key: Hashable {
        let text: String
        let types: [UInt32]
    }

    enum Use: Equatable {
        /// First use, or nothing may be prepared: send text and parameters.
        case once
        /// Prepare under this name, tell ``prepared(_:)``, then execute.
        case prepare(name: String)
        case execute(name: String)
    }

    private struct Entry {
        var name: String?
        var lastUse: Int
    }

    let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var clock = 0
    private var named = 0

    /// Names that the server still holds and nobody uses: to be deallocated at the next occasion.
    private(set) var unused: [String] = []

    /// - Parameter capacity: statements remembered; 0 prepares none.
    init(capacity: Int) { self.capacity = capacity }

    var count: Int { self.entries.count }

    mutating func use(_ key: Key) -> Use {
        guard self.capacity > 0 else { return .once }
        self.clock += 1
        guard let index = self.entries.index(forKey: key) else {
            if self.entries.count >= self.capacity { self.evict() }
            self.entries[key] = Entry(name: nil, lastUse: self.clock)
            return .once
        }
        self.entries.values[index].lastUse = self.clock
        if let name = self.entries.values[index].name { return .execute(name: name) }
        self.named += 1
        return .prepare(name: "s\(self.named)")
    }

    mutating func prepared(_ key: Key, name: String) { self.entries[key]?.name = name }

    /// The statement must be prepared anew, the server's copy being stale.
    mutating func forget(_ key: Key) {
        if let name = self.entries.removeValue(forKey: key)?.name { self.unused.append(name) }
    }

    /// The server refused to prepare it.
    mutating func forgetUnprepared(_ key: Key) { self.entries.removeValue(forKey: key) }

    /// The server has lost them all.
    mutating func forgetAll() {
        self.entries.removeAll()
        self.unused.removeAll()
    }

    mutating func takeUnused() -> String? { self.unused.popLast() }

    private mutating func evict() {
        guard let oldest = self.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return }
        self.forget(oldest)
    }
}
