import CLinux
import Glibc

/// A process that we started, in a session of its own, so that a Ctrl-C in the terminal does not reach it.
enum Child {
    struct Result {
        /// The exit status, or 128 and the signal.
        let status: Int32
        let output: String
    }

    /// The system refused to start a process.
    struct SpawnError: Error {
        let code: Int32
    }

    /// Starts a program and returns its number; the caller reaps it.
    static func spawn(_ arguments: [String], input: Int32, output: Int32) throws(SpawnError) -> pid_t {
        let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
        var child: pid_t = 0
        let code = unsafe withCStrings(arguments) { argumentPointers in
            unsafe withCStrings(environment) { environmentPointers in
                unsafe linux_spawn(
                    &child, argumentPointers[0], argumentPointers, environmentPointers, input, output)
            }
        }
        guard code == 0 else { throw SpawnError(code: code) }
        return child
    }

    /// Runs a program to its end, which must come soon; blocks.
    ///
    /// - Parameter input: what it reads, up to a pipe's capacity.
    static func run(_ arguments: [String], input: String = "") throws(SpawnError) -> Result {
        guard let inbound = Pipe(), let outbound = Pipe() else { throw SpawnError(code: errno) }
        inbound.write(input)
        inbound.closeWriter()
        let child = try Self.spawn(arguments, input: inbound.reader, output: outbound.writer)
        outbound.closeWriter()
        let output = outbound.readAll()
        return Result(status: Self.wait(for: child), output: output)
    }

    /// Blocks until the child ends.
    static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        return Self.exitStatus(status)
    }

    /// - Returns: nil while the child runs.
    static func poll(_ child: pid_t) -> Int32? {
        var status: Int32 = 0
        let outcome = unsafe waitpid(child, &status, WNOHANG)
        return outcome == 0 ? nil : Self.exitStatus(status)
    }

    private static func exitStatus(_ status: Int32) -> Int32 {
        status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}

/// Two connected descriptors, closed on exec and at the end.
private final class Pipe {
    let reader: Int32
    let writer: Int32
    private var isWriterOpen = true

    init?() {
        var descriptors: [Int32] = [-1, -1]
        guard unsafe linux_pipe(&descriptors) == 0 else { return nil }
        self.reader = descriptors[0]
        self.writer = descriptors[1]
    }

    deinit {
        self.closeWriter()
        close(self.reader)
    }

    func closeWriter() {
        if self.isWriterOpen { close(self.writer) }
        self.isWriterOpen = false
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        if !bytes.isEmpty { _ = unsafe Glibc.write(self.writer, bytes, bytes.count) }
    }

    func readAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe read(self.reader, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}

/// Lends a null-terminated array of C strings.
private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
    var pointers = unsafe strings.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
    return unsafe pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the array has at least its end") }
        return unsafe body(base)
    }
}
