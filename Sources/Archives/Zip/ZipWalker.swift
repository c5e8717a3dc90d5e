import Content

/// Walks a zip in the order its entries lie, each checked against its local header as it comes: so it is read once, from
/// front to back, but for its directory.
final class ZipWalker: EntryWalker {
    private static let longestTarget: Int64 = 4096

    private let input: any ArchiveInput
    private let budget: ExpansionBudget
    private let directory: ZipDirectory
    private let inflated: InflatedBytes
    private var layout: ZipLayout
    private var nextIndex = 0

    private var entry: ZipEntry?
    private var content: (any Expansion)?
    private var checksum = Checksum()
    private var produced: Int64 = 0

    init(
        _ input: any ArchiveInput, limits: ArchiveLimits, budget: ExpansionBudget, log: ProblemLog
    ) throws(ArchiveError) {
        self.input = input
        self.budget = budget
        self.directory = try ZipDirectory(of: input, limits: limits, budget: budget, log: log)
        self.layout = ZipLayout(input, directory: self.directory.start, log: log)
        self.inflated = try InflatedBytes(input, wrapping: .none, budget: budget)
    }

    func next() throws(ArchiveError) -> RawEntry? {
        self.entry = nil
        self.content = nil
        guard self.nextIndex < self.directory.entries.count else { return nil }
        var entry = self.directory.entries[self.nextIndex]
        self.nextIndex += 1
        let following =
            self.nextIndex < self.directory.entries.count ? self.directory.entries[self.nextIndex].offset : nil
        let name = Array(self.directory.name(of: entry))
        entry.contentOffset = try self.layout.check(entry, named: name[...], before: following)
        let kind = try self.kind(of: entry, name)
        return RawEntry(
            name: name, kind: kind, size: kind == .file ? entry.size : 0, permissions: entry.mode & 0o7777,
            offset: entry.offset)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard let entry = self.entry else { return 0 }
        let content: any Expansion
        if let open = self.content { content = open } else { content = try self.expansion(of: entry) }
        self.content = content
        let count = unsafe try content.read(into: buffer)
        self.produced += Int64(count)
        guard count == 0 ? self.produced == entry.size : self.produced <= entry.size else {
            throw .refused(ArchiveProblem(.sizeMismatch, offset: entry.offset))
        }
        unsafe self.checksum.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        guard count > 0 || self.checksum.value == entry.checksum else {
            throw .refused(ArchiveProblem(.checksumMismatch, offset: entry.offset))
        }
        return count
    }

    private func kind(of entry: ZipEntry, _ name: [UInt8]) throws(ArchiveError) -> RawEntry.Kind {
        guard !entry.isEncrypted else { return .refused(.encrypted) }
        guard let compression = ZipCompression(rawValue: entry.method) else {
            return .refused(.unsupportedCompression(ZipCompression.name(entry.method)))
        }
        guard entry.flags & ZipEntry.patchFlag == 0 else { return .refused(.unsupportedEntry("patched data")) }
        guard compression != .stored || entry.packedSize == entry.size else { return .refused(.sizeMismatch) }

        let isNamedDirectory = name.last == UInt8(ascii: "/")
        switch entry.mode & 0o170000 {
        case 0o120000:
            guard entry.size <= Self.longestTarget else { return .refused(.link(.target)) }
            do throws(ArchiveError) {
                return .link(target: try self.wholeContent(of: entry))
            } catch {
                throw error.named(RawEntry.display(name))
            }
        case 0o040000, 0, 0o100000:
            let isDirectory = isNamedDirectory || entry.mode & 0o170000 == 0o040000
            guard isDirectory else { break }
            return entry.size == 0 ? .directory : .refused(.sizeMismatch)
        default: return .refused(.device)
        }
        self.start(entry)
        return .file
    }

    private func start(_ entry: ZipEntry) {
        self.entry = entry
        self.content = nil
        self.produced = 0
        self.checksum = Checksum()
    }

    private func expansion(of entry: ZipEntry) throws(ArchiveError) -> any Expansion {
        let (end, overflow) = entry.contentOffset.addingReportingOverflow(entry.packedSize)
        guard !overflow, end <= self.input.size else { throw .truncated(offset: entry.offset) }
        let range = entry.contentOffset..<end
        switch ZipCompression(rawValue: entry.method) {
        case .deflate:
            self.inflated.restart(in: range)
            return self.inflated
        case .zstd: return try FilteredBytes(self.input, in: range, filter: .zstd, budget: self.budget)
        case .stored, nil: return StoredBytes(self.input, in: range)
        }
    }

    private func wholeContent(of entry: ZipEntry) throws(ArchiveError) -> [UInt8] {
        self.start(entry)
        defer { self.entry = nil }
        let capacity = Int(entry.size) + 1
        return try unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, written throws(ArchiveError) in
            repeat {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[written...]))
                let count = unsafe try self.read(into: rest)
                guard count > 0 else { return }
                written += count
            } while written < capacity
        }
    }
}
