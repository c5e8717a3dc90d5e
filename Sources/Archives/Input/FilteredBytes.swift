import CLibArchive

/// Compressed bytes, through one filter of libarchive and nothing else of it.
@safe final class FilteredBytes: Expansion {
    enum Filter {
        /// Windows of up to 128 MiB (`zstd --long=27`): the default bound of libzstd.
        case zstd
        /// With the header of 13 bytes that `.lzma` files have.
        case lzma
        /// LZMA2 as `.xz` files have it.
        case xz

        fileprivate var code: Int32 {
            switch self {
            case .zstd: ARCHIVE_FILTER_ZSTD
            case .lzma: ARCHIVE_FILTER_LZMA
            case .xz: ARCHIVE_FILTER_XZ
            }
        }
    }

    private let archive: OpaquePointer
    private let feed: LibArchiveFeed
    private let budget: ExpansionBudget
    private var isFinished = false

    init(
        _ input: any ArchiveInput, in range: Range<Int64>, filter: Filter, budget: ExpansionBudget
    ) throws(ArchiveError) {
        guard let archive = unsafe archive_read_new() else { throw .unreadable(reason: "out of memory") }
        unsafe self.archive = archive
        self.feed = LibArchiveFeed(input, in: range)
        self.budget = budget
        unsafe archive_read_support_format_raw(archive)
        unsafe archive_read_support_format_empty(archive)
        // Appended, not merely supported: otherwise content that happens to be compressed would be expanded twice.
        unsafe archive_read_append_filter(archive, filter.code)
        try unsafe self.feed.open(archive)
        // What cannot be read from its first byte looks empty to libarchive, but leaves an error behind.
        if unsafe archive_errno(archive) != 0 { try unsafe self.feed.check(ARCHIVE_FATAL, of: archive) }
        var entry: OpaquePointer?
        let result = unsafe archive_read_next_header(archive, &entry)
        try unsafe self.feed.check(result, of: archive)
        self.isFinished = result == ARCHIVE_EOF
    }

    deinit { unsafe archive_read_free(self.archive) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard !self.isFinished else { return 0 }
        let count = unsafe archive_read_data(self.archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else {
            try unsafe self.feed.check(Int32(truncatingIfNeeded: count), of: self.archive)
            return 0
        }
        if count == 0 { self.isFinished = true }
        try self.budget.spend(count)
        return count
    }
}
