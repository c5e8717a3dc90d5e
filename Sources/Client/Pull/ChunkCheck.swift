import Content
import Digests
import LocalFiles
import Synchronization
import Threads

/// Reads files and compares them, chunk by chunk, with what they should be.
enum ChunkCheck {
    /// A file and what should be in it.
    struct Subject: Sendable {
        let path: String
        let pieces: [Piece]
    }

    /// Bytes that one thread reads before it looks for the next work.
    private static let batch = 32 << 20
    /// Files in one such portion.
    private static let mostFiles = 256

    /// A run of one subject's pieces.
    private struct Portion: Sendable {
        let subject: Int
        let pieces: Range<Int>
    }

    /// - Parameter onBytes: called, from any thread, with bytes that were read.
    /// - Returns: for each subject, whether each piece is there and right. What is not there is not right.
    /// - Throws: ``LocalFileError`` when a file is there and may not be read; `CancellationError`.
    static func run(
        _ subjects: [Subject], on pool: ThreadPool, onBytes: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [[Bool]] {
        let batches = self.batches(of: subjects)
        let results = try await inParallel(batches, limit: pool.threads) { batch in
            try await pool.run { () throws -> [[Bool]] in
                try Task.checkCancellation()
                return try batch.map { portion in
                    let subject = subjects[portion.subject]
                    return try self.check(subject.pieces[portion.pieces], in: subject.path, onBytes: onBytes)
                }
            }
        }
        var found = subjects.map { [Bool](repeating: false, count: $0.pieces.count) }
        for (batch, result) in zip(batches, results) {
            for (portion, right) in zip(batch, result) {
                found[portion.subject].replaceSubrange(portion.pieces, with: right)
            }
        }
        return found
    }

    private static func batches(of subjects: [Subject]) -> [[Portion]] {
        var batches: [[Portion]] = []
        var batch: [Portion] = []
        var bytes = 0
        for (index, subject) in subjects.enumerated() where !subject.pieces.isEmpty {
            var start = 0
            for (position, piece) in subject.pieces.enumerated() {
                bytes += piece.length
                let isLast = position + 1 == subject.pieces.count
                guard bytes >= self.batch || isLast else { continue }
                batch.append(Portion(subject: index, pieces: start..<position + 1))
                start = position + 1
                guard bytes >= self.batch || batch.count >= self.mostFiles else { continue }
                batches.append(batch)
                batch = []
                bytes = 0
            }
        }
        if !batch.isEmpty { batches.append(batch) }
        return batches
    }

    private static func check(
        _ pieces: ArraySlice<Piece>, in path: String, onBytes: @Sendable (Int) -> Void
    ) throws -> [Bool] {
        let file: LocalFile
        do {
            file = try LocalFile(path, mode: .read)
        } catch {
            guard error.isNotFound else { throw error }
            return Array(repeating: false, count: pieces.count)
        }
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: pieces.lazy.map(\.length).max() ?? 0)
        var right: [Bool] = []
        for piece in pieces {
            do {
                try file.read(piece.length, at: piece.offset, into: &buffer, from: 0)
                hasher.update(buffer.span.extracting(0..<piece.length))
                right.append(hasher.finishAndRestart() == piece.digest)
            } catch {
                guard error.meansMissingBytes else { throw error }
                right.append(false)
            }
            onBytes(piece.length)
        }
        return right
    }
}
