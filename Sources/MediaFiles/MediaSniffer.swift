public import Storefront

/// Tells what a file is by its first bytes, whatever its name says.
public enum MediaSniffer {
    /// Bytes that are enough to tell.
    public static let length = 16

    /// - Parameter head: the first ``length`` bytes, or all of a shorter file.
    /// - Returns: nil for everything that is not taken: documents, scripts, programs, pictures of other kinds.
    public static func format(of head: [UInt8]) -> MediaFormat? {
        if head.starts(with: PNGFile.signature) { return .png }
        if head.starts(with: [0xff, 0xd8, 0xff]) { return .jpeg }
        if head.starts(with: "RIFF".utf8), head.dropFirst(8).starts(with: "WEBP".utf8) { return .webp }
        if head.dropFirst(4).starts(with: "ftyp".utf8) { return .mp4 }
        if head.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) { return .webm }
        if head.starts(with: [0x50, 0x4b, 0x03, 0x04]) { return .zip }
        return nil
    }
}
