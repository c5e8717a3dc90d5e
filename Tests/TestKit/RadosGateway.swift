import Foundation

/// Ceph's object gateway, for the long tests: an old production server with rules of its own.
///
/// Started by `ops/radosgw`, which ends with our end of its input, however we end.
public actor RadosGateway {
    public static let shared = RadosGateway()

    private var running: Task<S3Server.Address, any Error>?
    private var input: FileHandle?

    /// Whether it is wanted (`SLIPWAY_LONG_TESTS=1`) and can be started here; says why not.
    public static func isAvailable() async -> Bool {
        guard ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1" else { return false }
        do {
            _ = try await Self.shared.start()
            return true
        } catch {
            FileHandle.standardError.write(Data("*** NO CEPH OBJECT GATEWAY: its tests are SKIPPED: \(error)\n".utf8))
            return false
        }
    }

    public func start() async throws -> S3Server.Address {
        if let running = self.running { return try await running.value }
        let task = Task { try await self.launch() }
        self.running = task
        return try await task.value
    }

    private func launch() async throws -> S3Server.Address {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../ops/radosgw").standardizedFileURL
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-rgw-\(getpid())")
        // The monitor takes the next one.
        let port = try S3Server.freePorts(1)[0]
        let (process, input, output, errors) = (Process(), Pipe(), Pipe(), Pipe())
        process.executableURL = script
        process.arguments = [directory.path, "\(port)"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        self.input = input.fileHandleForWriting
        let said = try output.fileHandleForReading.readLine()
        guard said == "ready" else {
            let reason = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
            throw S3Server.Failure.notStarted(reason.isEmpty ? "it ended" : String(reason.suffix(500)))
        }
        return S3Server.Address(endpoint: "http://127.0.0.1:\(port)")
    }
}

extension FileHandle {
    /// What comes before the end of a line, or of everything.
    fileprivate func readLine() throws -> String {
        var line: [UInt8] = []
        while let byte = try self.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }
}
