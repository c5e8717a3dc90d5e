public import Storefront

/// A picture whose container was written anew: the pixels as they were, and nothing of who made them, where and when.
///
/// Text, EXIF, XMP, previews, comments, unknown pieces and whatever stood behind the end are gone. Colour profiles stay,
/// because colours are content. The compressed pixels themselves are copied, never decoded: no decoder of ours meets a
/// hostile picture.
public struct CleanImage: Sendable {
    public let format: MediaFormat
    public let bytes: [UInt8]
    public let size: PixelSize

    /// - Parameters:
    ///   - expected: what the sender said it is.
    ///   - limits: checked against what the header says, before anything is copied.
    /// - Throws: ``MediaFileError``.
    public init(_ bytes: [UInt8], expected: MediaFormat, limits: PixelLimits) throws(MediaFileError) {
        guard let found = MediaSniffer.format(of: Array(bytes.prefix(MediaSniffer.length))), found.isImage else {
            throw .unsupported
        }
        guard found == expected else { throw .otherFormat(expected: expected, found: found) }
        switch found {
        case .png: (self.bytes, self.size) = try PNGFile.cleaned(bytes, limits: limits)
        case .jpeg: (self.bytes, self.size) = try JPEGFile.cleaned(bytes, limits: limits)
        case .webp: (self.bytes, self.size) = try WebPFile.cleaned(bytes, limits: limits)
        case .mp4, .webm, .zip: throw .unsupported
        }
        self.format = found
    }
}
