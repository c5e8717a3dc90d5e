import Content
import Digests
import JobQueue
import Staging
import Synchronization
import Threads

/// An upload that is hashed while it is read, so that its bytes are read once.
///
/// Archives are read from front to back but for their directories, and thin builds nearly so. What is read in turn is handed
/// to the hash, on a thread beside the reader's; what comes early waits for its turn while it is little; what was read before is
/// passed over. The rest, mostly nothing, is read at the end.
final class HashedUpload: ByteSource {
    private struct State {
        /// The offset up to which bytes were handed to the hash.
        var next: Int64
        /// Pieces beyond it.
        var early: [Int64: [UInt8]] = [:]
        var earlyBytes = 0
    }

    /// Bytes that may wait for their turn.
    private static let mostEarly = 8 << 20
    /// A gap this long before what waits is read rather than waited for: headers between the contents of a zip.
    private static let longestGap: Int64 = 1 << 20
    /// Pieces of a megabyte at most that wait for the hash.
    private static let ahead = 16
    private static let bufferLength = 256 << 10

    let size: Int64
    private let source: any ByteSource
    private let gate: FairGate?
    private let key: String
    private let attempt: Attempt
    private let state: Mutex<State>
    private let hash: Mutex<ResumableSHA256>
    private let line: BoundedLine

    /// - Parameters:
    ///   - hash: over the first bytes, already.
    ///   - gate: what builds take turns at, by `key`; nil where whoever gives the bytes sees to that.
    ///   - threads: not the reader's.
    init(
        _ source: any ByteSource, hash: ResumableSHA256 = ResumableSHA256(), gate: FairGate?, key: String,
        on threads: ThreadPool, attempt: Attempt
    ) {
        self.source = source
        self.size = source.size
        self.gate = gate
        self.key = key
        self.attempt = attempt
        self.state = Mutex(State(next: hash.count))
        self.hash = Mutex(hash)
        self.line = BoundedLine(on: threads, waiting: Self.ahead)
        self.isNear = source is FileSource
    }

    func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        let bytes = try self.fetch(count, at: offset)
        try self.state.withLock { state in try self.take(bytes, at: offset, &state) }
        return bytes
    }

    /// Whether it is cheap to look at a few bytes anywhere.
    let isNear: Bool

    /// The same bytes for those who look ahead, without a hash.
    var unhashed: any ByteSource { self.source }

    /// Calls back with the state of the hash, once it is over all that was read in turn so far.
    func whenHashed(_ body: @escaping @Sendable ([UInt8]) -> Void) {
        self.line.add { body(self.hash.withLock { $0.state }) }
    }

    /// Waits until all that was read in turn is hashed; blocks.
    func drain() { self.line.drain() }

    /// SHA-256 of the file, byte for byte, in stream order: what `sha256sum` prints.
    ///
    /// Reads what nobody has read yet; blocks.
    func digest() throws -> Digest {
        while true {
            let next = self.state.withLock { $0.next }
            guard next < self.size else { break }
            try Task.checkCancellation()
            _ = try self.read(Int(min(Int64(Self.bufferLength), self.size - next)), at: next)
        }
        self.drain()
        return self.hash.withLock { $0 }.finish()
    }

    private func fetch(_ count: Int, at offset: Int64) throws -> [UInt8] {
        guard let gate else { return try self.source.read(count, at: offset) }
        return try gate.pass(as: self.key, weight: count) { try self.source.read(count, at: offset) }
    }

    private func take(_ bytes: [UInt8], at offset: Int64, _ state: inout State) throws {
        let end = offset + Int64(bytes.count)
        guard end > state.next else { return }
        if offset <= state.next {
            self.hand(bytes[Int(state.next - offset)...], &state)
        } else if state.early[offset].map({ $0.count < bytes.count }) ?? true {
            state.earlyBytes += bytes.count - (state.early[offset]?.count ?? 0)
            state.early[offset] = bytes
        }
        try self.settle(&state)
    }

    /// Hands over what waits and whose turn it is, and keeps what waits little.
    private func settle(_ state: inout State) throws {
        while let first = state.early.keys.min() {
            if first > state.next {
                guard state.earlyBytes > Self.mostEarly else { return }
                guard first - state.next <= Self.longestGap else {
                    // The farthest is the least likely to come into its turn soon.
                    if let last = state.early.keys.max() { self.drop(last, &state) }
                    continue
                }
                self.hand(try self.fetch(Int(first - state.next), at: state.next)[...], &state)
            }
            let bytes = self.drop(first, &state)
            if first + Int64(bytes.count) > state.next { self.hand(bytes[Int(state.next - first)...], &state) }
        }
    }

    @discardableResult
    private func drop(_ offset: Int64, _ state: inout State) -> [UInt8] {
        let bytes = state.early.removeValue(forKey: offset) ?? []
        state.earlyBytes -= bytes.count
        return bytes
    }

    private func hand(_ bytes: ArraySlice<UInt8>, _ state: inout State) {
        state.next += Int64(bytes.count)
        let done = state.next
        self.line.add {
            self.hash.withLock { $0.update(bytes.span) }
            self.attempt.report { $0.bytesDone = max($0.bytesDone, done) }
        }
    }
}
