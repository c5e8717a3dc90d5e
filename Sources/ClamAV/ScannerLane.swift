import Content
import Glibc
import Synchronization

/// One sandboxed process that scans one file at a time.
///
/// Not to be used again after it has thrown ``ScanError/crashed(signal:)``, ``ScanError/deadlineExceeded(_:)``,
/// ``ScanError/cancelled`` or anything of the engine's.
final class ScannerLane: Sendable {
    let process: Int32
    let sandbox: ScanSandbox
    private let channel: Channel
    private let state = Mutex(State())

    private struct State {
        var scanned: UInt64 = 0
        var isCancelled = false
        var hasFile = false
    }

    init(process: Int32, channel: Channel, sandbox: ScanSandbox) {
        self.process = process
        self.channel = channel
        self.sandbox = sandbox
    }

    /// Files scanned so far.
    var scanned: Int { Int(self.state.withLock { $0.scanned }) }

    /// Whether it has been handed a file and not answered yet.
    var hasFile: Bool { self.state.withLock { $0.hasFile } }

    /// Whether it can still be asked.
    ///
    /// Does not block.
    var isAlive: Bool { !self.channel.isHungUp }

    /// Makes the scan under way, and any later one, end with ``ScanError/cancelled``.
    func cancel() {
        self.state.withLock { $0.isCancelled = true }
        self.channel.interrupt()
    }

    /// Hands one file over and waits for the verdict.
    ///
    /// Blocks.
    func scan(_ source: ScanSource, size: Int64, deadline: Duration) throws(ScanError) -> ScanVerdict {
        let end = ContinuousClock.now + deadline
        let file = try OpenFile(source)
        try file.check(size: size)
        let id = self.state.withLock { state in
            state.scanned += 1
            return state.scanned
        }
        let request = Wire.laneRequest(id: id, size: UInt64(size), name: source.name)
        guard self.channel.send(request, descriptor: file.descriptor) else { throw self.failure }
        self.state.withLock { $0.hasFile = true }
        defer { self.state.withLock { $0.hasFile = false } }
        switch self.channel.receive(LaneReply.length, until: end) {
        case .timedOut:
            throw .deadlineExceeded(deadline)
        case .closed:
            throw self.failure
        case .message(let message, let descriptor):
            if let descriptor { close(descriptor) }
            // An answer that makes no sense is a lane taken over, or as good as: it goes the way of a crash.
            guard let reply = LaneReply(message), reply.id == id,
                let verdict = try reply.outcome(name: source.name, size: size)
            else { throw .crashed(signal: nil) }
            return verdict
        }
    }

    private var failure: ScanError {
        self.state.withLock { $0.isCancelled } ? .cancelled : .crashed(signal: nil)
    }
}
