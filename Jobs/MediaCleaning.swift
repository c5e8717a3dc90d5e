import Content
import Games
import JobLifecycle
import MediaFiles
import Staging
import Storefront

/// What of an uploaded media file is kept.
struct CleanedMedia: Sendable {
    enum Content: Sendable {
        /// Written anew.
        case bytes([UInt8])
        /// Byte for byte.
        case asUploaded
    }

    let content: Content
    /// Nil where the file does not say.
    let size: PixelSize?
}

/// Checks an uploaded file against what it was said to be.
struct MediaCleaning {
    let limits: PixelLimits

    /// - Throws: ``BuildFailure`` for everything that is the sender's to mend.
    func clean(_ media: MediaRecord, _ source: FileSource) throws -> CleanedMedia {
        do {
            switch media.format {
            case .png, .jpeg, .webp:
                // At most 20 MiB: the size was checked before the file was opened.
                let bytes = try source.read(Int(source.size), at: 0)
                let image = try CleanImage(bytes, expected: media.format, limits: self.limits)
                return CleanedMedia(content: .bytes(image.bytes), size: image.size)
            case .mp4, .webm:
                let film = try VideoFile(source, expected: media.format, limits: self.limits)
                return CleanedMedia(content: .asUploaded, size: film.size)
            case .zip:
                let head = try source.read(Int(min(source.size, Int64(MediaSniffer.length))), at: 0)
                guard MediaSniffer.format(of: head) == .zip else { throw MediaFileError.unsupported }
                return CleanedMedia(content: .asUploaded, size: nil)
            }
        } catch let error as MediaFileError {
            throw BuildFailure(Failure(error))
        }
    }
}

extension Failure {
    /// What a refused media file is to its sender.
    init(_ error: MediaFileError) {
        switch error {
        case .unsupported:
            self.init(
                code: "unsupported-format", message: "the bytes are nothing that is taken here", retryable: false,
                hint: "send PNG, JPEG, WebP, MP4 or WebM")
        case .otherFormat(let expected, let found):
            self.init(
                code: "unsupported-format", message: "the file is \(found.rawValue), not \(expected.rawValue)",
                retryable: false, hint: "give the file the ending of what it is", expected: expected.contentType,
                actual: found.contentType)
        case .malformed(let format, let offset, let reason):
            self.init(
                code: "media-malformed", message: "the bytes are no proper \(format.rawValue): \(reason)",
                retryable: false, hint: "save it again with another program", offset: offset)
        case .tooManyPixels(let width, let height, let limit):
            self.init(
                code: "media-too-large", message: "\(width) by \(height) pixels are too many", retryable: false,
                hint: "make it smaller", expected: "at most \(limit) pixels", actual: "\(width)x\(height)")
        case .tooSmall(let width, let height, let limit):
            self.init(
                code: "media-too-small", message: "\(width) by \(height) pixels are too few", retryable: false,
                hint: "make it larger", expected: "at least \(limit) on each side", actual: "\(width)x\(height)")
        case .noVideoTrack:
            self.init(
                code: "unsupported-format", message: "the film has no pictures", retryable: false,
                hint: "send a film with a video track")
        case .trailingBytes(let offset):
            self.init(
                code: "media-malformed", message: "there are bytes behind the end of the film", retryable: false,
                hint: "save it again with another program", offset: offset)
        }
    }
}
