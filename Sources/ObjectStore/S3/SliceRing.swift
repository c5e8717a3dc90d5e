import NIOCore
import Synchronization

/// The slices of one file on its way out, read into the same few buffers again and again.
///
/// A buffer is written anew when nobody holds it any more; one that still waits for the network is left to it, and another
/// takes its place. So memory stays in the cache of the core, and is not asked of the system for each slice.
final class SliceRing: Sendable {
    private struct State {
        var buffers: [ByteBuffer]
        var next = 0
    }

    /// One is read, one waits for the network, and one is on it.
    static let count = 3

    private let file: OpenFile
    private let pool: SlicePool
    private let state: Mutex<State>

    init(_ file: OpenFile, from pool: SlicePool) {
        self.file = file
        self.pool = pool
        self.state = Mutex(State(buffers: (0..<Self.count).map { _ in pool.take() }))
    }

    deinit { self.pool.give(self.state.withLock { $0.buffers }) }

    /// Reads up to `count` bytes at an offset; none at the end of the file. Blocks; called by one task at a time.
    func read(_ count: Int, at offset: Int64) throws(ObjectStoreError) -> ByteBuffer {
        let result = self.state.withLock { state -> Result<ByteBuffer, ObjectStoreError> in
            let index = state.next
            state.next = (index + 1) % state.buffers.count
            // Taken out of the array, or the array's own reference would make it look shared.
            var buffer = ByteBuffer()
            swap(&buffer, &state.buffers[index])
            buffer.clear(minimumCapacity: count)
            do throws(ObjectStoreError) { try self.file.read(count, at: offset, into: &buffer) } catch {
                return .failure(error)
            }
            state.buffers[index] = buffer
            return .success(buffer)
        }
        return try result.get()
    }
}
