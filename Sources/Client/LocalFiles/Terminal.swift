import Glibc

/// The terminal that a person looks at, if there is one.
public enum Terminal {
    /// Whether standard error is shown on a terminal that can move its cursor.
    public static var isInteractive: Bool {
        guard isatty(STDERR_FILENO) == 1, let kind = self.variable("TERM") else { return false }
        return kind != "dumb"
    }

    /// Whether standard output, too, is shown there.
    public static var showsOutput: Bool { self.isInteractive && isatty(STDOUT_FILENO) == 1 }

    /// Lines of the terminal; 24 when nobody knows.
    public static var lines: Int {
        var size = winsize()
        guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }

    /// Columns of the terminal; 80 when nobody knows.
    public static var columns: Int {
        var size = winsize()
        guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes text to standard error.
    ///
    /// What cannot be written is lost.
    public static func writeError(_ text: String) { self.write(text, to: STDERR_FILENO) }

    /// Writes text to standard output.
    ///
    /// What cannot be written is lost.
    public static func writeOutput(_ text: String) { self.write(text, to: STDOUT_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        unsafe bytes.withUnsafeBytes { source in
            var done = 0
            while done < source.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: source[done...])
                let wrote = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if wrote > 0 {
                    done += wrote
                } else if wrote == 0 || errno != EINTR {
                    return
                }
            }
        }
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
