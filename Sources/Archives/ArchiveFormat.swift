/// The formats a build may arrive in.
///
/// Told from the first bytes, never from a name.
public enum ArchiveFormat: String, Hashable, Sendable, CaseIterable {
    case zip
    case tar
    case tarGzip = "tar.gz"
    case tarZstd = "tar.zst"
    case sevenZip = "7z"
}

extension ArchiveFormat {
    /// Whether content may be passed over: no checksum of the format is over it.
    public var isSkippable: Bool {
        switch self {
        case .tar, .tarGzip, .tarZstd: true
        case .zip, .sevenZip: false
        }
    }

    /// Bytes at the start that tell every format.
    public static let headLength = 512

    /// Tells a format from the first ``headLength`` bytes, or all there are.
    public init?(head: [UInt8]) {
        switch true {
        case head.starts(with: [0x50, 0x4B, 3, 4]), head.starts(with: [0x50, 0x4B, 5, 6]),
            head.starts(with: [0x50, 0x4B, 7, 8]), head.starts(with: [0x50, 0x4B, 6, 6]):
            self = .zip
        case head.starts(with: [0x1F, 0x8B]): self = .tarGzip
        case head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]): self = .tarZstd
        case head.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]): self = .sevenZip
        case TarHeader.isHeader(head): self = .tar
        default: return nil
        }
    }

    /// What a file that is none of ours seems to be, for the sender's eyes.
    static func guess(head: [UInt8]) -> String {
        switch true {
        case head.starts(with: "Rar!".utf8): "a RAR archive"
        case head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]): "an xz file"
        case head.starts(with: "BZh".utf8): "a bzip2 file"
        case head.starts(with: "MSCF".utf8): "a cabinet file"
        case head.starts(with: "MZ".utf8): "a Windows program"
        case head.starts(with: [0x7F, 0x45, 0x4C, 0x46]): "a Linux program"
        default: "not an archive"
        }
    }
}
