import Archives
import JobLifecycle

extension Failure {
    /// - Parameter problems: at least one.
    init(refusing problems: [ArchiveProblem]) {
        let first = problems[0]
        self.init(
            code: first.family,
            message: "the archive was refused: \(first.code)" + (first.path.map { " at \($0)" } ?? ""),
            retryable: false, stage: "ingest", hint: first.hint, path: first.path, offset: first.offset,
            actual: first.code,
            problems: problems.map { Problem(code: $0.code, path: $0.path, message: $0.hint) })
    }
}

extension ArchiveProblem {
    /// The code of the failure that a problem amounts to.
    fileprivate var family: String {
        switch self.kind {
        case .unsupportedFormat, .unsupportedCompression, .multiVolume: "unsupported-format"
        case .truncated, .corrupt, .sizeMismatch, .checksumMismatch: "archive-corrupt"
        case .empty: "archive-empty"
        case .encrypted: "archive-encrypted"
        case .path, .conflict, .link, .hardLink, .device, .unsupportedEntry, .trailingData, .prefixed, .hiddenData,
            .overlappingEntries, .nameMismatch, .bomb, .tooManyEntries, .entryTooLarge, .tooLarge, .tookTooLong:
            "archive-unsafe"
        }
    }
}
