import Content

/// The headers of a Windows program, as far as a review needs them (Microsoft, "PE Format").
struct PortableExecutable {
    struct Section {
        /// Up to eight bytes, up to the first zero.
        let name: String
        let offset: Int64
        let size: Int64
    }

    /// At most ``mostSections``, and none that lies outside the file.
    let sections: [Section]
    /// Where the certificates lie in the file; nil when there are none.
    private let certificates: Range<Int64>?

    private static let mostSections = 96
    /// Bytes of a section that its entropy is taken from.
    private static let sample: Int64 = 1 << 20
    /// Sections smaller than this tell nothing: few bytes have little entropy or, by chance, much.
    private static let leastSample: Int64 = 4096
    private static let mostCertificates: Int64 = 1 << 20

    /// - Returns: nil when it is none, or its headers contradict themselves.
    init?(_ source: some ByteSource) throws {
        guard let start = try Self.bytes(source, at: 0x3C, count: 4) else { return nil }
        let header = Int64(Self.number(start, 0, 4))
        guard let file = try Self.bytes(source, at: header, count: 24), file.starts(with: "PE\0\0".utf8) else {
            return nil
        }
        let count = min(Self.number(file, 6, 2), Self.mostSections)
        let optionalSize = Self.number(file, 20, 2)
        let optional = try Self.bytes(source, at: header + 24, count: optionalSize) ?? []
        self.certificates = Self.certificates(in: optional, fileSize: source.size)
        guard let table = try Self.bytes(source, at: header + 24 + Int64(optionalSize), count: count * 40) else {
            return nil
        }
        self.sections = (0..<count).compactMap { index in
            let row = Array(table[index * 40..<index * 40 + 40])
            let name = String(decoding: row[0..<8].prefix { $0 != 0 }, as: UTF8.self)
            let size = Int64(Self.number(row, 16, 4))
            let offset = Int64(Self.number(row, 20, 4))
            guard offset <= source.size else { return nil }
            return Section(name: name, offset: offset, size: min(size, source.size - offset))
        }
    }

    /// The section of the highest entropy, if that is above a bound.
    func densestSection(in source: some ByteSource, above bound: Double) throws -> FileInspection.DenseSection? {
        var densest: FileInspection.DenseSection?
        // Resources hold pictures and sounds, which are compressed by right.
        for section in self.sections where section.size >= Self.leastSample && section.name != ".rsrc" {
            let bytes = try source.read(Int(min(section.size, Self.sample)), at: section.offset)
            let entropy = ByteEntropy.bits(of: bytes)
            guard entropy > bound, entropy > densest?.entropy ?? 0 else { continue }
            densest = FileInspection.DenseSection(name: section.name, entropy: entropy)
        }
        return densest
    }

    /// Whom the certificates name as the signer.
    func signer(in source: some ByteSource) throws -> String? {
        guard let range = self.certificates else { return nil }
        let bytes = try source.read(Int(range.upperBound - range.lowerBound), at: range.lowerBound)
        // A length, a revision and a type of two bytes each stand before the signature itself.
        return SignedData(Array(bytes.dropFirst(8)))?.signer
    }

    private static func certificates(in optional: [UInt8], fileSize: Int64) -> Range<Int64>? {
        guard optional.count >= 2 else { return nil }
        let directories: Int
        switch self.number(optional, 0, 2) {
        case 0x10B: directories = 96
        case 0x20B: directories = 112
        default: return nil
        }
        let entry = directories + 4 * 8
        guard optional.count >= entry + 8 else { return nil }
        let offset = Int64(self.number(optional, entry, 4))
        let size = Int64(self.number(optional, entry + 4, 4))
        guard size > 8, size <= self.mostCertificates, offset > 0, offset + size <= fileSize else { return nil }
        return offset..<offset + size
    }

    private static func bytes(_ source: some ByteSource, at offset: Int64, count: Int) throws -> [UInt8]? {
        guard offset >= 0, offset <= source.size, Int64(count) <= source.size - offset else { return nil }
        return try source.read(count, at: offset)
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
