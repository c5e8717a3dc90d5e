extension ChunkSizes {
    /// Bytes of a file's beginning that ``suited(to:size:)`` looks at.
    public static let headerLength = 16

    /// From this size on files are cut coarsely, so that no file has more than about a million chunks.
    ///
    /// Frozen, as all of ``suited(to:size:)``.
    public static let largestFine: Int64 = 64 << 30

    /// The sizes for one file.
    ///
    /// Measured on two versions each of a game engine's release, of packs of game data, and of one large pack:
    /// in packs 64 KiB chunks reuse half again to three times as much as 256 KiB chunks, and smaller ones lose to
    /// worse compression what they save. Executables change everywhere when they are built again, since addresses
    /// move, so that no size helps and fewer chunks cost less. Media that is already compressed, and streams
    /// compressed as one, are replaced as a whole when they are edited.
    ///
    /// Frozen: a file cut by other sizes than its last version shares no chunk with it.
    ///
    /// - Parameters:
    ///   - header: the first ``headerLength`` bytes, or all there are.
    ///   - size: bytes in the file.
    public static func suited(to header: Span<UInt8>, size: Int64) -> ChunkSizes {
        guard size <= self.largestFine else { return .coarse }
        return self.coarseSignatures.contains { $0.matches(header) } ? .coarse : .fine
    }

    private static let coarseSignatures: [FileSignature] = [
        // Executables: ELF; PE and other DOS-headed; Mach-O of 32 and 64 bits in both byte orders, and universal.
        FileSignature([0x7F, 0x45, 0x4C, 0x46]),
        FileSignature([0x4D, 0x5A]),
        FileSignature([0xFE, 0xED, 0xFA, 0xCE]),
        FileSignature([0xFE, 0xED, 0xFA, 0xCF]),
        FileSignature([0xCE, 0xFA, 0xED, 0xFE]),
        FileSignature([0xCF, 0xFA, 0xED, 0xFE]),
        FileSignature([0xCA, 0xFE, 0xBA, 0xBE]),
        // Pictures: PNG, JPEG, WebP.
        FileSignature([0x89, 0x50, 0x4E, 0x47]),
        FileSignature([0xFF, 0xD8, 0xFF]),
        FileSignature("WEBP", at: 8),
        // Sound and film: Ogg, FLAC, MP3 with a tag, MP4 and relatives, Matroska and WebM, Bink 1 and 2.
        FileSignature("OggS"),
        FileSignature("fLaC"),
        FileSignature("ID3"),
        FileSignature("ftyp", at: 4),
        FileSignature([0x1A, 0x45, 0xDF, 0xA3]),
        FileSignature("BIK"),
        FileSignature("KB2"),
        // One compressed stream: gzip, bzip2, xz, zstd, 7-Zip. Not ZIP, whose members are compressed one by one.
        FileSignature([0x1F, 0x8B]),
        FileSignature("BZh"),
        FileSignature([0xFD, 0x37, 0x7A, 0x58, 0x5A]),
        FileSignature([0x28, 0xB5, 0x2F, 0xFD]),
        FileSignature([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    ]
}

/// Bytes by which a kind of file is known.
private struct FileSignature: Sendable {
    let bytes: [UInt8]
    let offset: Int

    init(_ bytes: [UInt8], at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    init(_ text: String, at offset: Int = 0) { self.init(Array(text.utf8), at: offset) }

    func matches(_ header: Span<UInt8>) -> Bool {
        guard header.count >= self.offset + self.bytes.count else { return false }
        return self.bytes.indices.allSatisfy { header[self.offset + $0] == self.bytes[$0] }
    }
}
