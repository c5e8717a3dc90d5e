public import Content
public import Storefront

/// A film whose container was walked from its first byte to its last.
///
/// Only headers are read, however long the film is; its pictures are for players, not for us.
public struct VideoFile: Sendable {
    public let format: MediaFormat
    /// What the container says; nil where it does not say.
    public let size: PixelSize?

    /// - Parameters:
    ///   - expected: what the sender said it is.
    ///   - limits: for the size that the container tells.
    /// - Throws: ``MediaFileError``, or what the source throws.
    public init(_ source: some ByteSource, expected: MediaFormat, limits: PixelLimits) throws {
        let head = try source.read(Int(min(source.size, Int64(MediaSniffer.length))), at: 0)
        guard let found = MediaSniffer.format(of: head), found.isVideo else { throw MediaFileError.unsupported }
        guard found == expected else { throw MediaFileError.otherFormat(expected: expected, found: found) }
        switch found {
        case .mp4: self.size = try MP4Walk(source).run()
        case .webm: self.size = try WebMWalk(source).run()
        case .png, .jpeg, .webp, .zip: throw MediaFileError.unsupported
        }
        if let size = self.size { try limits.check(size) }
        self.format = found
    }
}
