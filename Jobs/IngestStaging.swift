import Content
import Staging

/// Where an attempt to ingest lays files, with those that an earlier one had laid there already.
struct IngestStaging: Sendable {
    let build: BuildStaging
    let progress: IngestProgress
    /// Nil when there are none.
    private let kept: KeptFiles?
    /// Entries that the earlier attempt had ended, and bytes it had of the next.
    private let entries: Int
    private let partial: Int64

    /// - Parameter checkpoint: what the earlier attempt left; with nothing in it staging begins empty.
    init(_ build: BuildStaging, from checkpoint: IngestCheckpoint, progress: IngestProgress) throws {
        self.build = build
        self.progress = progress
        self.entries = checkpoint.entries
        self.partial = checkpoint.partial
        if checkpoint.entries > 0 || checkpoint.partial > 0 {
            self.kept = try build.setAside()
        } else {
            try build.wipe()
            self.kept = nil
        }
    }

    /// Takes over a file from the earlier attempt.
    ///
    /// - Parameter number: of the entry, from 0.
    /// - Returns: its size; nil when it is to be written.
    func adopt(_ number: Int, _ path: BuildPath, size: Int64) throws -> Int64? {
        guard let kept, number < self.entries, try kept.adopt(path, size: size, into: self.build) else { return nil }
        return size
    }

    /// Takes over the beginning of a file from the earlier attempt.
    ///
    /// - Returns: nil when the file is to be written from its first byte.
    func resume(_ number: Int, _ path: BuildPath) throws -> StagedFileWriter? {
        guard let kept, number == self.entries, self.partial > 0 else { return nil }
        return try kept.resume(path, at: self.partial, into: self.build)
    }

    /// Ends the ingest: removes what was not taken over, and brings the rest to the disk.
    func finish() throws {
        self.progress.finish()
        try self.kept?.remove()
        // The next stages trust what they find, also after the machine lost power.
        try self.build.flush()
    }
}
