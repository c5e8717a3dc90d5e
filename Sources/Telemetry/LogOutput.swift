import Glibc
import Synchronization

/// Where log lines go.
public struct LogOutput: Sendable {
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets whole lines without their end, from any thread, also at once.
    public init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    /// The standard error output; a line is never mixed with another of this process.
    public static let standardError = LogOutput { line in
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        Self.turn.withLock { _ in writeToStandardError(bytes) }
    }

    private static let turn = Mutex(())

    func callAsFunction(_ line: String) { self.write(line) }
}

/// Writes all bytes, or as many as the output takes: a program does not fail because nobody reads its log.
private func writeToStandardError(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { bytes in
        var written = 0
        while written < bytes.count {
            let count = unsafe write(STDERR_FILENO, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
        }
    }
}
