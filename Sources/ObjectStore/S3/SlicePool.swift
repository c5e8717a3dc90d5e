import NIOCore
import Synchronization

/// Buffers for the slices of files on their way out, kept from one file to the next.
///
/// Asking the system for them anew for each part makes its heap grow far beyond what is in use at any moment.
final class SlicePool: Sendable {
    /// Buffers kept while nobody uses them, at most: 4 MiB of memory.
    private static let limit = 32

    private let free = Mutex<[ByteBuffer]>([])

    /// A buffer to write to; whoever takes it empties it first.
    func take() -> ByteBuffer { self.free.withLock { $0.popLast() } ?? ByteBuffer() }

    /// One that still waits for the network may be given back, too: it is replaced when it is emptied.
    func give(_ buffers: [ByteBuffer]) {
        self.free.withLock { free in free += buffers.prefix(Self.limit - free.count) }
    }
}
