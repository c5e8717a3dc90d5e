import CLibArchive
import Content

/// Walks a 7z: libarchive unpacks, in the order of the header that ``SevenZipDirectory`` has read.
@safe final class SevenZipWalker: EntryWalker {
    private let archive: OpaquePointer
    private let feed: LibArchiveFeed
    private let budget: ExpansionBudget
    private let directory: SevenZipDirectory
    private var nextIndex = 0
    /// The file being read.
    private var file: SevenZipDirectory.File?
    /// Its content not yet read.
    private var remaining: Int64 = 0
    private var checksum = Checksum()

    init(_ input: any ArchiveInput, limits: ArchiveLimits, budget: ExpansionBudget) throws(ArchiveError) {
        let header = try SevenZipHeader.read(of: input, budget: budget)
        self.directory = try SevenZipDirectory(header, limits: limits)
        self.budget = budget
        var total: Int64 = 0
        for file in self.directory.files {
            let (sum, overflow) = total.addingReportingOverflow(file.size)
            total = overflow ? .max : sum
        }
        guard total <= budget.allowed else { throw .refused(ArchiveProblem(budget.bomb)) }

        guard let archive = unsafe archive_read_new() else { throw .unreadable(reason: "out of memory") }
        unsafe self.archive = archive
        self.feed = LibArchiveFeed(input, in: 0..<input.size)
        unsafe archive_read_support_format_7zip(archive)
        try UTF8Locale.run { () throws(ArchiveError) in try unsafe self.feed.open(archive) }
    }

    deinit { unsafe archive_read_free(self.archive) }

    func next() throws(ArchiveError) -> RawEntry? {
        self.file = nil
        self.remaining = 0
        self.checksum = Checksum()
        try self.budget.checkTime()
        guard self.nextIndex < self.directory.files.count else { return nil }
        let file = self.directory.files[self.nextIndex]
        self.nextIndex += 1
        let target: [UInt8]?
        do throws(ArchiveError) {
            target = try self.advance(to: file)
        } catch {
            throw error.named(RawEntry.display(file.name))
        }
        let kind = self.kind(of: file, target: target)
        if kind == .file {
            self.file = file
            self.remaining = file.size
        }
        return RawEntry(
            name: file.name, kind: kind, size: kind == .file ? file.size : 0, permissions: file.mode & 0o7777,
            offset: 0)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard self.remaining > 0 else { return 0 }
        let count = unsafe archive_read_data(self.archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else {
            try unsafe self.feed.check(Int32(truncatingIfNeeded: count), of: self.archive)
            throw .corrupt("7z content")
        }
        guard count > 0, Int64(count) <= self.remaining else { throw .refused(ArchiveProblem(.sizeMismatch)) }
        try self.budget.spend(count)
        self.remaining -= Int64(count)
        // libarchive looks at some checksums, but not at those of folders.
        unsafe self.checksum.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        if self.remaining == 0, let expected = self.file?.checksum, expected != self.checksum.value {
            throw .refused(ArchiveProblem(.checksumMismatch))
        }
        return count
    }

    /// Moves libarchive to its next entry, which must be `file`.
    ///
    /// - Returns: the target, when libarchive takes it for a link.
    private func advance(to file: SevenZipDirectory.File) throws(ArchiveError) -> [UInt8]? {
        var found: OpaquePointer?
        let result = try UTF8Locale.run { () throws(ArchiveError) in
            unsafe archive_read_next_header(self.archive, &found)
        }
        try unsafe self.feed.check(result, of: self.archive)
        guard let entry = unsafe found, result == ARCHIVE_OK else { throw .corrupt("7z with fewer files than it says") }
        guard unsafe archive_entry_is_encrypted(entry) == 0 else { throw .refused(ArchiveProblem(.encrypted)) }
        if let target = unsafe archive_entry_symlink(entry) {
            return unsafe Array(
                UnsafeBufferPointer(start: target, count: String(cString: target).utf8.count)
                    .map { UInt8(bitPattern: $0) })
        }
        guard unsafe archive_entry_size(entry) == file.size else {
            throw .refused(ArchiveProblem(.sizeMismatch, path: RawEntry.display(file.name)))
        }
        return nil
    }

    private func kind(of file: SevenZipDirectory.File, target: [UInt8]?) -> RawEntry.Kind {
        guard !file.isAnti else { return .refused(.unsupportedEntry("anti-items")) }
        switch file.mode & 0o170000 {
        case 0o120000: return target.map { .link(target: $0) } ?? .refused(.link(.target))
        case 0o040000: return file.size == 0 ? .directory : .refused(.sizeMismatch)
        case 0, 0o100000: return file.isDirectory ? .directory : .file
        default: return .refused(.device)
        }
    }
}
