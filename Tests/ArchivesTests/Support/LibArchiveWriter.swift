import CLibArchive
import Foundation

/// Good archives as libarchive writes them.
enum LibArchiveWriter {
    enum Format: CaseIterable {
        case zip, tar, tarGzip, tarZstd, sevenZip
    }

    struct File {
        var path: String
        var data: [UInt8]
        var permissions: UInt32 = 0o644
        var target: String?
    }

    static func make(_ format: Format, _ files: [File]) throws -> [UInt8] {
        let url = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID()).archive")
        defer { try? FileManager.default.removeItem(at: url) }
        let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
        let previous = unsafe uselocale(locale)
        defer {
            _ = unsafe uselocale(previous)
            unsafe freelocale(locale)
        }
        let archive = unsafe archive_write_new()
        switch format {
        case .zip: unsafe archive_write_set_format_zip(archive)
        case .sevenZip: unsafe archive_write_set_format_7zip(archive)
        case .tar, .tarGzip, .tarZstd: unsafe archive_write_set_format_pax_restricted(archive)
        }
        if format == .tarGzip { unsafe archive_write_add_filter_gzip(archive) }
        if format == .tarZstd { unsafe archive_write_add_filter_zstd(archive) }
        guard unsafe archive_write_open_filename(archive, url.path) == ARCHIVE_OK else { return [] }
        for file in files {
            let entry = unsafe archive_entry_new()
            unsafe archive_entry_set_pathname_utf8(entry, file.path)
            unsafe archive_entry_set_perm(entry, file.permissions)
            if let target = file.target {
                unsafe archive_entry_set_filetype(entry, 0o120000)
                unsafe archive_entry_set_symlink_utf8(entry, target)
                unsafe archive_entry_set_size(entry, 0)
            } else if file.path.hasSuffix("/") {
                unsafe archive_entry_set_filetype(entry, 0o040000)
            } else {
                unsafe archive_entry_set_filetype(entry, 0o100000)
                unsafe archive_entry_set_size(entry, Int64(file.data.count))
            }
            unsafe archive_write_header(archive, entry)
            _ = unsafe archive_write_data(archive, file.data, file.data.count)
            unsafe archive_entry_free(entry)
        }
        unsafe archive_write_close(archive)
        unsafe archive_write_free(archive)
        return Array(try Data(contentsOf: url))
    }

    /// One zstd frame.
    static func zstd(_ bytes: [UInt8]) throws -> [UInt8] {
        let url = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID()).zst")
        defer { try? FileManager.default.removeItem(at: url) }
        let archive = unsafe archive_write_new()
        unsafe archive_write_set_format_raw(archive)
        unsafe archive_write_add_filter_zstd(archive)
        // Or the last block would be padded to the size of a tape's.
        unsafe archive_write_set_bytes_in_last_block(archive, 1)
        guard unsafe archive_write_open_filename(archive, url.path) == ARCHIVE_OK else { return [] }
        let entry = unsafe archive_entry_new()
        unsafe archive_entry_set_pathname(entry, "data")
        unsafe archive_entry_set_filetype(entry, 0o100000)
        unsafe archive_write_header(archive, entry)
        _ = unsafe archive_write_data(archive, bytes, bytes.count)
        unsafe archive_entry_free(entry)
        unsafe archive_write_close(archive)
        unsafe archive_write_free(archive)
        return Array(try Data(contentsOf: url))
    }
}
