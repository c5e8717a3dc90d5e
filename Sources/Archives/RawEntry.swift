/// An entry as an archive has it, with nothing checked but that it could be read.
struct RawEntry {
    enum Kind: Equatable {
        case file
        case directory
        case link(target: [UInt8])
        case refused(ArchiveProblem.Kind)
    }

    let name: [UInt8]
    let kind: Kind
    /// Nil when the archive does not say.
    let size: Int64?
    /// POSIX, 0 when the archive has none.
    let permissions: UInt32
    /// Where its header lies.
    let offset: Int64
}

extension RawEntry {
    /// A name for the sender's eyes: what is no UTF-8 replaced, and so are zeros, which no database keeps in a text; at most
    /// 512 bytes.
    static func display(_ name: some Collection<UInt8>) -> String {
        String(decoding: name.prefix(512).flatMap { $0 == 0 ? Array("\u{FFFD}".utf8) : [$0] }, as: UTF8.self)
    }
}
