import Synchronization

/// How far one reader has come.
///
/// Shared with the closure that reads for it, which runs one call at a time.
final class Position: Sendable {
    private let offset: Mutex<Int64>

    init(_ offset: Int64) { self.offset = Mutex(offset) }

    var value: Int64 { self.offset.withLock { $0 } }

    func advance(by count: Int64) { self.offset.withLock { $0 += count } }
}
