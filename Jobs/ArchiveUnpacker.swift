import Archives
import BuildStore
import Content
import JobLifecycle
import JobQueue
import Staging

/// One path that came out of an archive.
struct UnpackedEntry: Sendable {
    let path: BuildPath
    let entry: FileRecord.Entry
    let size: Int64
    let executable: Bool
    let target: String?
}

/// Unpacks an upload into staging, within the limits for archives.
struct ArchiveUnpacker: Sendable {
    let limits: ArchiveLimits

    private static let bufferLength = 1 << 20
    /// How long headers are looked over to name all that is wrong at once.
    private static let inspection = Duration.seconds(2)

    /// Blocks; runs on a thread of the pool.
    ///
    /// - Throws: ``BuildFailure`` for an archive that is refused, with everything that is wrong with it.
    func unpack(_ source: FileSource, into staging: BuildStaging, attempt: Attempt) throws -> [UnpackedEntry] {
        do {
            let problems = try ArchiveInspector.inspect(
                source: source, limits: self.limits, within: Self.inspection)
            guard problems.isEmpty else { throw BuildFailure(Failure(refusing: problems)) }
            return try self.extract(source, into: staging, attempt: attempt)
        } catch let error as ArchiveError {
            switch error {
            case .refused(let problem): throw BuildFailure(Failure(refusing: [problem]))
            case .unreadable(let reason):
                throw BuildFailure(
                    Failure(code: "storage-failed", message: "the upload could not be read: \(reason)", retryable: true)
                )
            }
        }
    }

    private func extract(_ source: FileSource, into staging: BuildStaging, attempt: Attempt) throws -> [UnpackedEntry] {
        var reader = try ArchiveReader(source: source, limits: self.limits)
        var entries: [UnpackedEntry] = []
        var buffer = [UInt8](repeating: 0, count: Self.bufferLength)
        while let entry = try reader.nextEntry() {
            try Task.checkCancellation()
            switch entry {
            case .file(let path, _, let executable):
                let mode = FileMode(isExecutable: executable)
                let size = try Self.copy(&reader, through: &buffer, to: try staging.create(path, mode: mode))
                entries.append(
                    UnpackedEntry(path: path, entry: .file, size: size, executable: executable, target: nil))
            case .directory(let path):
                entries.append(
                    UnpackedEntry(path: path, entry: .directory, size: 0, executable: false, target: nil))
            case .symlink(let path, let target):
                entries.append(
                    UnpackedEntry(path: path, entry: .symlink, size: 0, executable: false, target: target))
            }
            attempt.report { $0.itemsDone += 1 }
        }
        return entries
    }

    private static func copy(
        _ reader: inout ArchiveReader, through buffer: inout [UInt8], to file: consuming StagedFileWriter
    ) throws -> Int64 {
        while true {
            let count = try reader.read(into: &buffer)
            guard count > 0 else { return file.close() }
            try file.write(buffer.span.extracting(..<count))
        }
    }
}

extension Failure {
    /// - Parameter problems: at least one.
    fileprivate init(refusing problems: [ArchiveProblem]) {
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
