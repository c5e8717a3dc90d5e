import Content

extension ArchiveProblem {
    /// What the sender can do, in one sentence.
    public var hint: String {
        switch self.kind {
        case .path(let problem): problem.hint
        case .conflict(let conflict): conflict.hint
        case .link(.absolute), .link(.escapes): "Let the link point to a place inside the build, by a relative path."
        case .link(.loop): "Let the link end at a file or folder; it leads in a circle."
        case .link(.target): "Let the link point to a relative path that a build may have."
        case .hardLink: "Store the file twice, or use a symbolic link (tar --hard-dereference)."
        case .device: "Leave out devices, pipes and sockets."
        case .unsupportedEntry(let what): "Leave out \(what)."
        case .unsupportedFormat(let guess): "Send zip, tar, tar.gz, tar.zst or 7z; this is \(guess)."
        case .unsupportedCompression(let method): "Compress with Deflate or zstd instead of \(method)."
        case .encrypted: "Send the archive without a password, so that it can be scanned."
        case .multiVolume: "Send one archive instead of several volumes."
        case .empty: "Put at least one file into the archive."
        case .truncated: "Send the archive again: its end is missing."
        case .corrupt(let reason): "Make the archive again: it is damaged (\(reason))."
        case .trailingData: "Make the archive again: something was appended to it."
        case .prefixed: "Send the bare archive: something, perhaps an installer, was put before it."
        case .hiddenData: "Make the archive again: it holds bytes that belong to no file."
        case .overlappingEntries: "Make the archive again: two of its entries share the same bytes."
        case .nameMismatch: "Make the archive again: it gives this entry two names."
        case .sizeMismatch: "Make the archive again: the entry has another size than it says."
        case .checksumMismatch: "Make the archive again: the content does not match its checksum."
        case .bomb(let allowed): "Leave out content made to expand: more than \(allowed) would come out."
        case .tooManyEntries(let limit): "Pack small files together: at most \(limit) files and folders are taken."
        case .entryTooLarge(let limit): "Split the file: at most \(limit) are taken in one file."
        case .tooLarge(let limit): "Send less: at most \(limit) are taken in one build."
        case .tookTooLong(let limit): "Send a smaller archive: unpacking took more than \(limit.components.seconds) s."
        }
    }
}
