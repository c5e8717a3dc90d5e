import Archives
import BuildStore
import Content
import JobLifecycle
import JobQueue
import Staging

/// Unpacks an upload into staging, within the limits for archives.
struct ArchiveUnpacker: Sendable {
    let limits: ArchiveLimits

    private static let bufferLength = 1 << 20
    /// How long headers are looked over to name all that is wrong at once.
    private static let inspection = Duration.seconds(2)

    /// Blocks; runs on a thread of the pool.
    ///
    /// - Throws: ``BuildFailure`` for an archive that is refused, with everything that is wrong with it.
    func unpack(_ upload: HashedUpload, into staging: IngestStaging, attempt: Attempt) throws -> [UnpackedEntry] {
        do {
            // Where headers can be read without the content, everything that is wrong is known before anything is written.
            // Far away that would fetch most of a build of small files twice.
            if upload.isNear, try Self.isDirect(upload) { try self.inspect(upload) }
            return try self.extract(upload, into: staging, attempt: attempt)
        } catch let error as ArchiveError {
            switch error {
            case .refused(let problem):
                try self.inspect(upload)
                throw BuildFailure(Failure(refusing: [problem]))
            case .unreadable(let reason):
                throw BuildFailure(
                    Failure(code: "storage-failed", message: "the upload could not be read: \(reason)", retryable: true)
                )
            }
        }
    }

    /// Whether an archive has headers that can be reached without unpacking the content before them.
    private static func isDirect(_ upload: HashedUpload) throws -> Bool {
        let head = try upload.read(Int(min(upload.size, Int64(ArchiveFormat.headLength))), at: 0)
        switch ArchiveFormat(head: head) {
        case .zip, .sevenZip, .tar: return true
        case .tarGzip, .tarZstd, nil: return false
        }
    }

    /// - Throws: ``BuildFailure`` with all problems that headers show.
    private func inspect(_ upload: HashedUpload) throws {
        let problems = try ArchiveInspector.inspect(
            source: upload.unhashed, limits: self.limits, within: Self.inspection)
        guard problems.isEmpty else { throw BuildFailure(Failure(refusing: problems)) }
    }

    private func extract(
        _ upload: HashedUpload, into staging: IngestStaging, attempt: Attempt
    ) throws -> [UnpackedEntry] {
        var reader = try ArchiveReader(source: upload, limits: self.limits)
        var entries: [UnpackedEntry] = []
        var buffer = [UInt8](repeating: 0, count: Self.bufferLength)
        while let entry = try reader.nextEntry() {
            try Task.checkCancellation()
            let number = entries.count
            switch entry {
            case .file(let path, let size, let executable):
                let adopted = try size.flatMap { try staging.adopt(number, path, size: $0) }
                let size =
                    try adopted
                    ?? Self.copy(
                        &reader, through: &buffer,
                        to: try Self.open(path, executable, number, of: &reader, in: staging)
                    ) { staging.progress.wrote($0, of: number, size: $1, from: upload) }
                entries.append(
                    UnpackedEntry(path: path, entry: .file, size: size, executable: executable, target: nil))
                staging.progress.finished(number, bytes: adopted ?? 0, of: upload)
            case .directory(let path):
                entries.append(
                    UnpackedEntry(path: path, entry: .directory, size: 0, executable: false, target: nil))
                staging.progress.finished(number, bytes: 0, of: upload)
            case .symlink(let path, let target):
                entries.append(
                    UnpackedEntry(path: path, entry: .symlink, size: 0, executable: false, target: target))
                staging.progress.finished(number, bytes: 0, of: upload)
            }
            attempt.report { $0.itemsDone += 1 }
        }
        return entries
    }

    /// Opens a file to be written, where the earlier attempt was if the archive allows to pass over what that has.
    private static func open(
        _ path: BuildPath, _ executable: Bool, _ number: Int, of reader: inout ArchiveReader, in staging: IngestStaging
    ) throws -> StagedFileWriter {
        if reader.format.isSkippable, let file = try staging.resume(number, path) {
            guard try reader.skip(file.size) else { throw ArchiveError.unreadable(reason: "\(path) is shorter now") }
            return file
        }
        return try staging.build.create(path, mode: FileMode(isExecutable: executable))
    }

    private static func copy(
        _ reader: inout ArchiveReader, through buffer: inout [UInt8], to file: consuming StagedFileWriter,
        progress: (_ count: Int, _ size: Int64) -> Void
    ) throws -> Int64 {
        while true {
            let count = try reader.read(into: &buffer)
            guard count > 0 else { return file.close() }
            try file.write(buffer.span.extracting(..<count))
            progress(count, file.size)
        }
    }
}
