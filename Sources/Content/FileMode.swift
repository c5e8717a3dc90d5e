/// What a build keeps of a file's permissions: whether it runs.
///
/// Owners, setuid, sticky and write bits are the installing side's own affair and never travel.
public enum FileMode: String, Hashable, Sendable, Codable {
    case regular
    case executable

    public init(isExecutable: Bool) { self = isExecutable ? .executable : .regular }

    /// - Parameter permissions: of POSIX; anybody's right to execute counts.
    public init(permissions: UInt32) { self.init(isExecutable: permissions & 0o111 != 0) }

    public var isExecutable: Bool { self == .executable }

    /// As POSIX permissions: `0644` or `0755`.
    public var permissions: UInt32 {
        switch self {
        case .regular: 0o644
        case .executable: 0o755
        }
    }
}
