import Foundation
import Glibc
import Synchronization

/// One worker process, which is killed or frozen at the very line where it says it is in a phase.
final class MeasuredProcess: Sendable {
    /// One attempt at a job.
    struct Attempt: Hashable {
        let job: Int64
        let number: Int
    }

    private struct State {
        var announced: Set<Attempt> = []
        var partial = ""
        var trap: (phase: String, signal: Int32, sprung: AsyncStream<Void>.Continuation)?
        var hasEnded = false
    }

    let pid: pid_t
    private let process: Process
    /// Open as long as this lives; the process ends when it closes.
    private let input: Pipe
    private let state: Mutex<State>

    private init(_ process: Process, _ pid: pid_t, _ input: Pipe) {
        self.process = process
        self.input = input
        self.pid = pid
        self.state = Mutex(State())
    }

    /// - Parameter clock: how far its clock is off, such as `+1h`; its monotonic clock goes right.
    static func start(
        database: String, outside: String, mutant: String, clock: String? = nil
    ) throws -> MeasuredProcess {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["--database", database, "--outside", outside, "--mutant", mutant]
        if let clock, let library = Self.fakeTime {
            process.environment = ProcessInfo.processInfo.environment.merging([
                "LD_PRELOAD": library, "FAKETIME": clock, "DONT_FAKE_MONOTONIC": "1",
            ]) { _, ours in ours }
        }
        let output = Pipe(), input = Pipe()
        process.standardOutput = output
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        try process.run()
        let measured = MeasuredProcess(process, process.processIdentifier, input)
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                return measured.ended()
            }
            measured.hear(String(decoding: data, as: UTF8.self))
        }
        return measured
    }

    /// Every attempt it said it was in, so far.
    var announced: Set<Attempt> { self.state.withLock { $0.announced } }

    /// Whether it ended by itself.
    var hasEnded: Bool { self.state.withLock { $0.hasEnded } }

    /// Sends the signal as soon as one of its attempts says that it is in the phase.
    ///
    /// - Returns: false when the process ended first, or no attempt came there in half a second.
    func strike(at phase: String, with signal: Int32) async -> Bool {
        let (sprung, continuation) = AsyncStream.makeStream(of: Void.self)
        let hasEnded = self.state.withLock { state in
            state.trap = (phase, signal, continuation)
            return state.hasEnded
        }
        guard !hasEnded else { return false }
        let patience = Task {
            try await Task.sleep(for: .milliseconds(500))
            self.state.withLock { $0.trap = nil }
            continuation.finish()
        }
        defer { patience.cancel() }
        return await sprung.first { _ in true } != nil
    }

    func send(_ signal: Int32) { kill(self.pid, signal) }

    /// Ends it, however it is, and waits for that.
    func end() {
        self.send(SIGKILL)
        self.process.waitUntilExit()
    }

    private func hear(_ text: String) {
        self.state.withLock { state in
            let lines = (state.partial + text).split(separator: "\n", omittingEmptySubsequences: false)
            state.partial = String(lines.last ?? "")
            for line in lines.dropLast() {
                let words = line.split(separator: " ")
                guard words.count == 3, let job = Int64(words[1]), let number = Int(words[2]) else { continue }
                if let trap = state.trap, trap.phase == words[0] {
                    kill(self.pid, trap.signal)
                    state.trap = nil
                    trap.sprung.yield()
                    trap.sprung.finish()
                }
                state.announced.insert(Attempt(job: job, number: number))
            }
        }
    }

    private func ended() {
        self.state.withLock { state in
            state.hasEnded = true
            state.trap?.sprung.finish()
            state.trap = nil
        }
    }

    /// The library that turns a process's clock; nil when it is not installed.
    static var fakeTime: String? {
        let paths = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketime.so.1" }
        return paths.first { FileManager.default.fileExists(atPath: $0) }
    }

    private static var program: URL {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var directories = [URL(filePath: own).deletingLastPathComponent()]
        directories += CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
        let programs = directories.map { $0.appending(path: "slipway-kill-meter-worker") }
        return programs.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? programs[0]
    }
}
