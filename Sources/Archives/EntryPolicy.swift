import Content

/// Decides which entries of an archive may become part of a build.
struct EntryPolicy {
    private let limits: ArchiveLimits
    private var paths = PathSet()
    private var links = LinkSet()
    private var entries = 0
    private var totalSize: Int64 = 0

    init(limits: ArchiveLimits) { self.limits = limits }

    /// - Returns: nil for an entry that stands for the root of the build.
    /// - Throws: the first reason to refuse the entry. The next one may be asked for all the same.
    mutating func admit(_ raw: RawEntry) throws(ArchiveProblem) -> ArchiveEntry? {
        do {
            return try self.entry(for: raw)
        } catch {
            throw ArchiveProblem(error, path: RawEntry.display(raw.name), offset: raw.offset)
        }
    }

    /// Whether the archive may hold no more entries.
    var isFull: Bool { self.entries > self.limits.entries || self.paths.count > self.limits.entries }

    /// - Returns: what can be told only after the last entry.
    func finish() -> [ArchiveProblem] {
        guard self.entries > 0 else { return [ArchiveProblem(.empty)] }
        return self.links.problems().map { ArchiveProblem(.link($0.problem), path: $0.path.text) }
    }

    private mutating func entry(for raw: RawEntry) throws(ArchiveProblem.Kind) -> ArchiveEntry? {
        self.entries += 1
        guard !self.isFull else { throw .tooManyEntries(limit: self.limits.entries) }
        if case .refused(let reason) = raw.kind { throw reason }
        guard let path = try self.path(of: raw) else { return nil }

        switch raw.kind {
        case .directory:
            try self.insert(path, as: .directory)
            return .directory(path: path)
        case .link(let target):
            let text = try self.text(ofTarget: target)
            try self.insert(path, as: .link)
            do { try self.links.insert(path, target: text) } catch { throw .link(error) }
            return .symlink(path: path, target: text)
        case .file, .refused:
            try self.count(raw.size ?? 0)
            try self.insert(path, as: .file)
            return .file(path: path, size: raw.size, executable: FileMode(permissions: raw.permissions).isExecutable)
        }
    }

    /// Archivers write `./a` for `a`, and `a/` or `./` for folders: taken; every other dot is refused.
    private func path(of raw: RawEntry) throws(ArchiveProblem.Kind) -> BuildPath? {
        var name = raw.name[...]
        while name.starts(with: "./".utf8) { name = name.dropFirst(2) }
        if raw.kind == .directory {
            if name.last == UInt8(ascii: "/") { name = name.dropLast() }
            // What is left of "./", or of ".": the root.
            if name.isEmpty, !raw.name.isEmpty, raw.name.first != UInt8(ascii: "/") { return nil }
            if name.elementsEqual(".".utf8) { return nil }
        }
        do {
            return try BuildPath(validating: Array(name))
        } catch {
            throw .path(error)
        }
    }

    private func text(ofTarget target: [UInt8]) throws(ArchiveProblem.Kind) -> String {
        guard let text = String(validating: target, as: UTF8.self) else { throw .link(.target) }
        return text
    }

    private mutating func insert(_ path: BuildPath, as kind: PathSet.Kind) throws(ArchiveProblem.Kind) {
        do { try self.paths.insert(path, as: kind) } catch { throw .conflict(error) }
        guard !self.isFull else { throw .tooManyEntries(limit: self.limits.entries) }
    }

    private mutating func count(_ size: Int64) throws(ArchiveProblem.Kind) {
        guard size <= self.limits.entrySize.bytes else { throw .entryTooLarge(limit: self.limits.entrySize) }
        self.totalSize += size
        guard self.totalSize <= self.limits.totalSize.bytes else { throw .tooLarge(limit: self.limits.totalSize) }
    }
}

extension ArchiveProblem.Kind: Error {}
