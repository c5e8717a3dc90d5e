import Content
import Synchronization

/// Places that need bytes, and which of them have got theirs.
///
/// Used by many threads at once.
final class Worklist: Sendable {
    let placements: Placements
    private let done: Mutex<[Bool]>

    init(_ placements: Placements) {
        self.placements = placements
        self.done = Mutex(Array(repeating: false, count: placements.count))
    }

    func isDone(_ index: Int) -> Bool { self.done.withLock { $0[index] } }

    func setDone(_ index: Int) { self.done.withLock { $0[index] = true } }

    /// Places without their bytes, ascending.
    var open: [Int] { self.done.withLock { done in done.indices.filter { !done[$0] } } }

    /// Chunks that some place still needs, ascending.
    var openChunks: [Int] {
        self.open.reduce(into: []) { chunks, index in
            let chunk = Int(self.placements.chunks[index])
            if chunks.last != chunk { chunks.append(chunk) }
        }
    }

    /// By entry, the offsets of places without their bytes.
    var openOffsets: [Int: Set<Int64>] {
        self.open.reduce(into: [:]) { offsets, index in
            offsets[Int(self.placements.entries[index]), default: []].insert(self.placements.offsets[index])
        }
    }
}
