public import Foundation
import Glibc

/// A program that is run as PostgreSQL's servers are: not as root.
public struct ServerProgram: Sendable {
    /// It ended with something else than success.
    public struct Failed: Error {
        public let program: String
        public let output: String
    }

    public let path: String

    /// Finds it beside PostgreSQL's newest server, or where the system keeps its programs; nil when it is not installed.
    public init?(_ name: String) {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap(Int.init).sorted(by: >).map { "\(root)/\($0)/bin" }
        let directories = newest + ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        let paths = directories.map { "\($0)/\(name)" }
        guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else { return nil }
        self.path = path
    }

    /// Starts it; whoever starts it ends it.
    ///
    /// - Parameter output: nil: what it says is not kept.
    public func start(_ arguments: [String], output: Pipe? = nil) throws -> Process {
        let process = Process()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = output ?? FileHandle.nullDevice
        if geteuid() == 0 {
            process.executableURL = URL(filePath: "/usr/bin/setpriv")
            process.arguments =
                [
                    "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--pdeathsig", "KILL", "--",
                    self.path,
                ]
                + arguments
        } else {
            process.executableURL = URL(filePath: self.path)
            process.arguments = arguments
        }
        process.currentDirectoryURL = URL(filePath: "/")
        try process.run()
        return process
    }

    /// Runs it to its end, which must come soon.
    public func run(_ arguments: [String]) throws {
        let output = Pipe()
        let process = try self.start(arguments, output: output)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(program: self.path, output: String(decoding: text, as: UTF8.self))
        }
    }
}
