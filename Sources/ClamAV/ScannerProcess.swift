import Content
import Glibc
import Synchronization

/// One loaded engine: slipway-scanner's first process, which forks lanes on request.
///
/// Every call blocks, some of them for as long as a database takes to load: call them on threads of their own.
final class ScannerProcess: Sendable {
    private static let answerTime = Duration.seconds(30)

    let engine: ScanEngine
    /// What was loaded, and how it looked just before.
    let signatures: SignatureDirectory
    let fingerprint: [SignatureDirectory.Entry]
    private let configuration: ScannerPool.Configuration
    private let helper: HelperProcess
    private let control: Channel
    private let temporaryDirectory: TemporaryDirectory
    /// One question and its answer at a time.
    private let conversation = Mutex(())

    /// Starts the helper and waits until it has loaded the engine.
    ///
    /// - Parameter ticket: when cancelled, the start ends with ``ScanError/cancelled``.
    init(_ configuration: ScannerPool.Configuration, ticket: StartTicket) throws(ScanError) {
        let signatures = try SignatureDirectory.resolve(
            configuration.databaseDirectory, bundledBelow: configuration.bundledDirectory)
        let fingerprint = signatures.fingerprint
        let directory = try TemporaryDirectory(below: configuration.temporaryDirectory)
        guard let (ours, theirs) = Channel.makePair() else {
            throw .helperFailed(reason: "no descriptor left for a socket")
        }
        let control = Channel(owning: ours)
        let helper: HelperProcess
        do {
            // Only the helper may hold its end, or its death would go unnoticed.
            defer { close(theirs) }
            helper = try HelperProcess(
                configuration.helperPath,
                arguments: [
                    "--socket", "3", "--database", signatures.path, "--temporary", directory.path,
                    "--memory", "\(configuration.laneMemory.bytes)",
                ] + configuration.limits.arguments, socket: theirs)
        }

        ticket.attach(helper)
        let hello: ControlReply
        do {
            hello = try Self.awaitHello(on: control, from: helper, within: configuration.startTime)
        } catch {
            throw ticket.isCancelled ? .cancelled : error
        }
        guard hello.kind == .hello else {
            throw .databaseBroken(directory: signatures.path, output: hello.text)
        }
        self.engine = hello.engine(limits: configuration.limits, isBundledSet: signatures.isBundledSet)
        self.signatures = signatures
        self.fingerprint = fingerprint
        self.configuration = configuration
        self.helper = helper
        self.control = control
        self.temporaryDirectory = directory
    }

    private static func awaitHello(
        on control: Channel, from helper: HelperProcess, within time: Duration
    ) throws(ScanError) -> ControlReply {
        switch control.receive(ControlReply.length, until: .now + time) {
        case .message(let message, _):
            guard let reply = ControlReply(message), reply.kind == .hello || reply.kind == .broken else {
                throw .helperFailed(reason: "slipway-scanner is of another version than this program")
            }
            return reply
        case .timedOut:
            throw .startTimedOut(time)
        case .closed:
            let status = helper.end(grace: .seconds(2)) ?? 0
            let signal = HelperProcess.signal(in: status)
            throw .helperFailed(
                reason: signal.map { "slipway-scanner died by signal \($0) while loading" }
                    ?? "slipway-scanner ended with status \(status >> 8 & 0xff) before it had loaded")
        }
    }

    /// Whether the first process still answers.
    ///
    /// Does not block.
    var isAlive: Bool { !self.control.isHungUp }

    /// For people: its number in the system.
    var identifier: Int32? { self.helper.identifier }

    /// Forks a lane from the loaded engine; takes milliseconds, tens of them for a full database.
    ///
    /// - Returns: nil when the first process is gone.
    func makeLane() throws(ScanError) -> ScannerLane? {
        guard let (reply, socket) = self.ask(.makeLane, process: 0) else { return nil }
        guard reply.kind == .lane, let socket else {
            throw .helperFailed(reason: reply.text)
        }
        let channel = Channel(owning: socket)
        guard case .message(let message, _) = channel.receive(LaneReply.length, until: .now + Self.answerTime),
            let ready = LaneReply(message), ready.verdict == .ready
        else { throw .crashed(signal: self.endLane(reply.process)) }
        let missing = self.configuration.requiredSandbox.subtracting(ready.sandbox)
        guard missing.isEmpty else {
            _ = self.endLane(reply.process)
            throw .sandboxMissing(missing)
        }
        return ScannerLane(process: reply.process, channel: channel, sandbox: ready.sandbox)
    }

    /// Kills a lane, if it still runs, and reaps it.
    ///
    /// - Returns: the signal that ended it, if known; that of a crash, if it crashed before.
    func endLane(_ process: Int32) -> Int32? {
        guard let (reply, _) = self.ask(.endLane, process: process), reply.kind == .ended else { return nil }
        return HelperProcess.signal(in: reply.status)
    }

    /// Ends the first process and with it all lanes, and removes its temporary files.
    ///
    /// A second call does nothing.
    func end() {
        self.control.interrupt()
        _ = self.helper.end(grace: .seconds(2))
        self.temporaryDirectory.remove()
    }

    private func ask(_ operation: Wire.ControlOperation, process: Int32) -> (ControlReply, Int32?)? {
        self.conversation.withLock { _ in
            guard self.control.send(Wire.controlRequest(operation, process: process)),
                case .message(let message, let descriptor) = self.control.receive(
                    ControlReply.length, until: .now + Self.answerTime)
            else {
                // Gone, or stuck, which is no better: a late answer would be taken for the next one's.
                self.control.interrupt()
                return nil
            }
            guard let reply = ControlReply(message) else { return nil }
            return (reply, descriptor)
        }
    }
}
