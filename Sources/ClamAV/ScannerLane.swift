import Content
import Glibc
import Synchronization

/// One sandboxed process that scans one file at a time, in the order they come.
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
        let outcomes = self.scan([ScanRequest(source, size: size, deadline: deadline)][...])
        guard let outcome = outcomes.first else { throw self.failure }
        return try outcome.get()
    }

    /// Hands files over, a few ahead of the one in hand so that the lane never waits for us, and takes the verdicts.
    ///
    /// Blocks. Ends after the first outcome that is neither a clean file nor one we could not open: whatever that file
    /// did to the lane, no later answer of this lane counts.
    ///
    /// - Returns: the outcomes of the first files, in order; at least one if there is a file.
    func scan(_ files: ArraySlice<ScanRequest>) -> [Result<ScanVerdict, ScanError>] {
        var outcomes: [Result<ScanVerdict, ScanError>] = []
        var handed: [Handed] = []
        defer { self.state.withLock { $0.hasFile = false } }
        while outcomes.count < files.count {
            if handed.count - outcomes.count <= Self.ahead / 2 {
                for file in files.dropFirst(handed.count).prefix(outcomes.count + Self.ahead - handed.count) {
                    handed.append(self.hand(over: file))
                }
            }
            let request = files[files.startIndex + outcomes.count]
            let outcome = self.outcome(of: handed[outcomes.count], request)
            outcomes.append(outcome)
            guard outcome.leavesLaneFit else { break }
        }
        return outcomes
    }

    /// Files a lane has at most, the one in hand among them: small ones take it a tenth of a millisecond each, and on a
    /// busy machine a thread of ours may wait for ten before it runs again. They fit into the socket.
    private static let ahead = 64

    /// What became of handing a file over: the number its answer will bear, or why it was not taken.
    private typealias Handed = Result<UInt64, ScanError>

    private func hand(over request: ScanRequest) -> Handed {
        do throws(ScanError) {
            let file = try OpenFile(request.file)
            try file.check(size: request.size)
            let id = self.state.withLock { state in
                state.scanned += 1
                return state.scanned
            }
            let message = Wire.laneRequest(id: id, size: UInt64(request.size), name: request.file.name)
            guard self.channel.send(message, descriptor: file.descriptor) else { throw self.failure }
            self.state.withLock { $0.hasFile = true }
            return .success(id)
        } catch {
            return .failure(error)
        }
    }

    private func outcome(of handed: Handed, _ request: ScanRequest) -> Result<ScanVerdict, ScanError> {
        do throws(ScanError) {
            let id = try handed.get()
            switch self.channel.receive(LaneReply.length, until: .now + request.deadline) {
            case .timedOut:
                throw .deadlineExceeded(request.deadline)
            case .closed:
                throw self.failure
            case .message(let message, let descriptor):
                if let descriptor { close(descriptor) }
                // An answer that makes no sense is a lane taken over, or as good as: it goes the way of a crash.
                guard let reply = LaneReply(message), reply.id == id,
                    let verdict = try reply.outcome(name: request.file.name, size: request.size)
                else { throw .crashed(signal: nil) }
                return .success(verdict)
            }
        } catch {
            return .failure(error)
        }
    }

    private var failure: ScanError {
        self.state.withLock { $0.isCancelled } ? .cancelled : .crashed(signal: nil)
    }
}

extension Result<ScanVerdict, ScanError> {
    /// Whether the lane this came from may take another file.
    ///
    /// Whatever was wrong with the last one, it may have left something behind.
    var leavesLaneFit: Bool {
        switch self {
        case .success(.clean), .failure(.notRegularFile), .failure(.sizeMismatch), .failure(.unreadable): true
        case .success, .failure: false
        }
    }
}
