public import Content

/// What a file is to somebody who worries about it.
public enum FileKind: String, Hashable, Sendable, CaseIterable {
    /// A program or library of Windows.
    case portableExecutable = "windows-executable"
    /// A program or library of Linux.
    case elf = "linux-executable"
    /// A program or library of macOS.
    case machO = "macos-executable"
    /// Text that some program runs.
    case script
    case archive
    case other

    /// Whether the machine of a player may run it.
    public var isRunnable: Bool {
        switch self {
        case .portableExecutable, .elf, .machO, .script: true
        case .archive, .other: false
        }
    }

    /// Bytes of a file's beginning that ``init(head:path:)`` looks at.
    public static let headLength = 64

    /// Tells a file by its first bytes, and what has none of its own by the ending of its name.
    ///
    /// - Parameter head: the first ``headLength`` bytes, or all there are.
    public init(head: [UInt8], path: BuildPath) {
        if let kind = Self.kind(of: head) {
            self = kind
        } else if let dot = path.name.lastIndex(of: "."),
            Self.scriptEndings.contains(path.name[path.name.index(after: dot)...].lowercased())
        {
            self = .script
        } else {
            self = .other
        }
    }

    private static func kind(of head: [UInt8]) -> FileKind? {
        switch true {
        case head.starts(with: [0x4D, 0x5A]): .portableExecutable
        case head.starts(with: [0x7F, 0x45, 0x4C, 0x46]): .elf
        case head.starts(with: [0xFE, 0xED, 0xFA, 0xCE]), head.starts(with: [0xFE, 0xED, 0xFA, 0xCF]),
            head.starts(with: [0xCE, 0xFA, 0xED, 0xFE]), head.starts(with: [0xCF, 0xFA, 0xED, 0xFE]):
            .machO
        // Universal Mach-O counts its parts where a Java class has its version, which is 45 and more.
        case head.starts(with: [0xCA, 0xFE, 0xBA, 0xBE]): head.count >= 8 && head[7] < 45 ? .machO : nil
        case head.starts(with: "#!".utf8): .script
        case head.starts(with: [0x50, 0x4B, 3, 4]), head.starts(with: [0x1F, 0x8B]), head.starts(with: "Rar!".utf8),
            head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]), head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
            head.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), head.starts(with: "MSCF".utf8):
            .archive
        default: nil
        }
    }

    /// What Windows or an interpreter found everywhere runs at a double click or by name.
    private static let scriptEndings: Set<String> = [
        "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "reg", "lnk", "scf", "sh", "py",
        "pyw",
        "command", "desktop", "inf",
    ]
}
