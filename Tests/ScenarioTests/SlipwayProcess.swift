import Foundation
import Glibc
import NIOHTTP1
import Testing

/// A `slipway up` of its own: a process that a test may kill.
final class SlipwayProcess {
    let directory: URL
    let port: Int
    private let process = Process()

    struct DidNotStart: Error { let log: String }

    var base: String { "http://127.0.0.1:\(self.port)" }
    /// The private cluster's database.
    var database: String { "postgresql://slipway@/slipway?host=\(self.directory.path)/postgres/run" }

    private init(directory: URL, port: Int) {
        self.directory = directory
        self.port = port
    }

    /// Starts the program on a directory, new or not, and waits until it is ready.
    ///
    /// - Parameters:
    ///   - settings: variables beside those of the tests themselves.
    ///   - platform: whether it comes with the small platform.
    static func up(
        _ directory: URL, settings: [String: String] = [:], platform: Bool = false
    ) async throws -> SlipwayProcess {
        let slipway = SlipwayProcess(directory: directory, port: try Self.freePort())
        let log = directory.appending(path: "up.log")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let output = try FileHandle(forWritingTo: log)
        slipway.process.executableURL = Self.program("slipway")
        slipway.process.arguments = [
            "up", "--data", directory.path, "--port", "\(slipway.port)", platform ? "--platform" : "--no-platform",
        ]
        slipway.process.environment = ProcessInfo.processInfo.environment.merging(settings) { _, new in new }
        slipway.process.standardOutput = output
        slipway.process.standardError = output
        try slipway.process.run()
        for _ in 0..<1200 {
            guard slipway.process.isRunning else { break }
            if await HTTP.status(.GET, "\(slipway.base)/readyz") == 200 { return slipway }
            try await Task.sleep(for: .milliseconds(50))
        }
        slipway.kill()
        throw DidNotStart(log: String(((try? String(contentsOf: log, encoding: .utf8)) ?? "").suffix(4000)))
    }

    /// The most memory the program has held so far, in bytes.
    var peakMemory: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(self.process.processIdentifier)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
        }
    }

    /// Its number, as the system has it.
    var identifier: Int32 { self.process.processIdentifier }

    /// Kills a process after a while; whoever waits for it sees it end.
    static func kill(_ identifier: Int32, after delay: Duration) async {
        try? await Task.sleep(for: delay)
        Glibc.kill(identifier, SIGKILL)
    }

    /// At once, without a chance to clean up.
    func kill() {
        Glibc.kill(self.process.processIdentifier, SIGKILL)
        self.process.waitUntilExit()
    }

    /// Kills what a test that failed has left running: every process that was started with a path below a directory.
    static func killAll(workingIn directory: URL) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let identifier = Int32(name),
                let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"),
                String(decoding: line, as: UTF8.self).contains(directory.path)
            else { continue }
            Glibc.kill(identifier, SIGKILL)
        }
    }

    /// As Ctrl-C does; returns the exit status.
    @discardableResult
    func stop() -> Int32 {
        Glibc.kill(self.process.processIdentifier, SIGINT)
        self.process.waitUntilExit()
        return self.process.terminationStatus
    }

    /// Runs one of the program's commands to its end.
    func run(_ arguments: String...) async throws -> (status: Int32, output: String) {
        try await Self.run(arguments, development: self.directory.appending(path: "dev.json"))
    }

    /// - Parameters:
    ///   - program: beside the tests, or by its path.
    ///   - settings: variables beside those of the tests themselves.
    ///   - started: told the process once it runs.
    static func run(
        _ arguments: [String], development: URL?, program: String = "slipway", settings: [String: String] = [:],
        started: (Process) -> Void = { _ in }
    ) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = program.hasPrefix("/") ? URL(filePath: program) : Self.program(program)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["SLIPWAY_DEV"] = development?.path
        environment["XDG_CACHE_HOME"] = development.map { "\($0.deletingLastPathComponent().path)/cache" }
        process.environment = environment.merging(settings) { _, new in new }
        let file = FileManager.default.temporaryDirectory.appending(path: "slipway-output-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = try FileHandle(forWritingTo: file)
        process.standardOutput = output
        process.standardError = output
        let ended = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in ended.continuation.finish() }
        try process.run()
        started(process)
        for await _ in ended.stream {}
        return (process.terminationStatus, (try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }

    /// A program beside the tests.
    static func program(_ name: String) -> URL {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var directories = [URL(filePath: own).deletingLastPathComponent()]
        directories += CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
        let programs = directories.map { $0.appending(path: name) }
        return programs.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? programs[0]
    }

    private static func freePort() throws -> Int {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRINUSE) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// A directory that goes with the test, and with it whatever still runs on it; readable by the database's user.
func withScenarioDirectory(_ body: (URL) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(
        path: "slipway-scenario-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    defer {
        SlipwayProcess.killAll(workingIn: directory)
        try? FileManager.default.removeItem(at: directory)
    }
    try await body(directory)
}
