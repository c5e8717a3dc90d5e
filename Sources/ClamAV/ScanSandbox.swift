/// What a lane gave up before it took the first file.
///
/// What the kernel cannot do is left out; ``ScannerPool/Configuration/requiredSandbox`` says what must not be.
public struct ScanSandbox: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// It can gain no rights by starting a program (`no_new_privs`).
    public static let noNewPrivileges = ScanSandbox(rawValue: 1 << 0)
    /// It can make only the system calls that scanning takes; any other ends it (seccomp).
    public static let systemCalls = ScanSandbox(rawValue: 1 << 1)
    /// It can open files in its own temporary directory only (Landlock).
    public static let files = ScanSandbox(rawValue: 1 << 2)
    /// Its memory, descriptors and file sizes are bounded, and it leaves no core dump.
    public static let limits = ScanSandbox(rawValue: 1 << 3)
    /// It holds no capability, even if it runs as root.
    public static let noCapabilities = ScanSandbox(rawValue: 1 << 4)
    /// It tried to read and to write outside its directory and was refused.
    public static let proven = ScanSandbox(rawValue: 1 << 5)

    /// Everything there is: a kernel from 5.13 on with Landlock and seccomp.
    public static let full: ScanSandbox = [
        .noNewPrivileges, .systemCalls, .files, .limits, .noCapabilities, .proven,
    ]
}
