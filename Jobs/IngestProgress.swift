import Content
import Digests
import JobQueue
import Staging
import Synchronization
import Threads

/// Saves checkpoints of an attempt to ingest, now and then and beside the work itself.
final class IngestProgress: Sendable {
    private struct State {
        var checkpoint: IngestCheckpoint
        /// Bytes written since the last one was begun.
        var written: Int64 = 0
        /// Entries that are whole, though one before them is not.
        var ahead: Set<Int> = []
        var entries: Int
    }

    private let state: Mutex<State>
    private let interval: ByteCount
    private let staging: BuildStaging
    private let attempt: Attempt
    private let line: BoundedLine

    /// - Parameter checkpoint: what this attempt goes on from.
    init(
        from checkpoint: IngestCheckpoint, staging: BuildStaging, attempt: Attempt, on threads: ThreadPool,
        interval: ByteCount
    ) {
        self.state = Mutex(State(checkpoint: checkpoint, entries: checkpoint.entries))
        self.staging = staging
        self.attempt = attempt
        self.interval = interval
        self.line = BoundedLine(on: threads, waiting: 1)
    }

    /// Takes note of bytes written of a file that goes on.
    ///
    /// - Parameters:
    ///   - number: the entry's place in the archive, from 0.
    ///   - size: of the file so far.
    func wrote(_ count: Int, of number: Int, size: Int64, from upload: HashedUpload) {
        let due = self.count(Int64(count)) { state in
            guard state.entries == number else { return false }
            state.checkpoint.partial = size
            return true
        }
        if let due { self.save(due, whenHashed: upload) }
    }

    /// Takes note of an entry that is whole in staging.
    ///
    /// - Parameters:
    ///   - number: its place in the archive, from 0.
    ///   - bytes: of it that were not told of before.
    ///   - upload: asked for the state of its hash when a checkpoint is due.
    func finished(_ number: Int, bytes: Int64, of upload: HashedUpload) {
        let due = self.count(bytes) { state in
            state.ahead.insert(number)
            let before = state.entries
            while state.ahead.remove(state.entries) != nil { state.entries += 1 }
            if state.entries > before { state.checkpoint.partial = 0 }
            return state.entries > state.checkpoint.entries
        }
        if let due { self.save(due, whenHashed: upload) }
    }

    private func save(_ checkpoint: IngestCheckpoint, whenHashed upload: HashedUpload) {
        upload.whenHashed { [checkpoint] hash in
            var checkpoint = checkpoint
            checkpoint.hash = Hexadecimal.encode(hash)
            self.save(checkpoint)
        }
    }

    /// Waits for the checkpoint that is being saved.
    func finish() { self.line.drain() }

    /// - Returns: a checkpoint to be completed and saved, when one is due.
    private func count(_ bytes: Int64, isDue: (inout State) -> Bool) -> IngestCheckpoint? {
        self.state.withLock { state in
            state.written += bytes
            guard isDue(&state), state.written >= self.interval.bytes else { return nil }
            state.written = 0
            state.checkpoint.entries = state.entries
            return state.checkpoint
        }
    }

    private func save(_ checkpoint: IngestCheckpoint) {
        self.line.addIfIdle {
            // A checkpoint that cannot be saved is none; what is wrong with the disk shows elsewhere.
            guard (try? self.staging.flush()) != nil else { return }
            try? self.attempt.save(checkpoint)
        }
    }
}
