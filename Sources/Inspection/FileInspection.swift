public import Content

/// What a look at one file told.
public struct FileInspection: Equatable, Sendable {
    public let kind: FileKind
    /// The tool that packed or protected the executable, by the names of its sections; nil: none that we know.
    public let packer: String?
    /// The section whose bytes look encrypted or compressed, with its entropy; nil: none does.
    public let denseSection: DenseSection?
    /// Whom the executable names as its signer; nil: it is not signed, or not in a way we read.
    ///
    /// The signature itself is not checked: a changed name is news, the same name proves nothing.
    public let signer: String?
    /// Whether the name's ending promises media or text, and the content is a program.
    public let isDisguised: Bool

    /// A section of an executable, and bits of entropy for each of its bytes, 0 to 8.
    public struct DenseSection: Equatable, Sendable {
        public let name: String
        public let entropy: Double
    }

    /// From here on bytes are taken for compressed or encrypted: code and data of compilers stay below 7.
    public static let denseEntropy = 7.2

    /// Looks at a file; reads its head, and of an executable its headers and a part of each section.
    ///
    /// - Throws: what the source throws. A file that is no valid executable is no error: it says less.
    public static func inspect(_ source: some ByteSource, path: BuildPath) throws -> FileInspection {
        let head = try source.read(Int(min(source.size, Int64(FileKind.headLength))), at: 0)
        let kind = FileKind(head: head, path: path)
        let executable = try kind == .portableExecutable ? PortableExecutable(source) : nil
        return FileInspection(
            kind: kind, packer: try self.packer(of: source, kind: kind, executable: executable),
            denseSection: try executable?.densestSection(in: source, above: self.denseEntropy),
            signer: try executable?.signer(in: source),
            isDisguised: kind.isRunnable && kind != .script && self.isHarmlessEnding(path.name))
    }

    private static func packer(
        of source: some ByteSource, kind: FileKind, executable: PortableExecutable?
    ) throws -> String? {
        if let executable { return Packers.packer(ofSections: executable.sections.map(\.name)) }
        // UPX leaves a Linux program no sections, but its mark behind the program headers.
        guard kind == .elf else { return nil }
        let start = try source.read(Int(min(source.size, 512)), at: 0)
        return Packers.hasUPXMark(start) ? "UPX" : nil
    }

    private static func isHarmlessEnding(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return self.harmlessEndings.contains(name[name.index(after: dot)...].lowercased())
    }

    private static let harmlessEndings: Set<String> = [
        "png", "jpg", "jpeg", "gif", "webp", "bmp", "tga", "dds", "ogg", "mp3", "wav", "flac", "mp4", "webm", "txt",
        "md",
        "json", "xml", "csv", "ini", "cfg", "pdf", "ttf", "otf", "html",
    ]
}
