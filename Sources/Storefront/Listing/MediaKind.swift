/// What a picture or a film is for.
public enum MediaKind: String, CaseIterable, Hashable, Sendable {
    case screenshot
    case video
    /// Covers, banners, logos.
    case art
    /// For journalists; not shown on the store page.
    case pressKit = "press_kit"

    /// Where `media_urls` lists it.
    public var listName: String {
        switch self {
        case .screenshot: "screenshots"
        case .video: "videos"
        case .art: "art"
        case .pressKit: "press_kit"
        }
    }

    public func takes(_ format: MediaFormat) -> Bool {
        switch self {
        case .screenshot, .art: format.isImage
        case .video: format.isVideo
        case .pressKit: true
        }
    }
}

/// What media files may be.
public enum MediaFormat: String, CaseIterable, Hashable, Sendable {
    case png
    case jpeg
    case webp
    case mp4
    case webm
    /// A press kit's only.
    case zip

    public var contentType: String {
        switch self {
        case .png: "image/png"
        case .jpeg: "image/jpeg"
        case .webp: "image/webp"
        case .mp4: "video/mp4"
        case .webm: "video/webm"
        case .zip: "application/zip"
        }
    }

    /// As it ends a file's name, without the point.
    public var fileExtension: String { self == .jpeg ? "jpg" : self.rawValue }

    public var isImage: Bool { self == .png || self == .jpeg || self == .webp }
    public var isVideo: Bool { self == .mp4 || self == .webm }

    /// The most bytes: 20 MiB for a picture, 2 GiB for a film or an archive.
    public var maximumSize: Int64 { self.isImage ? 20 << 20 : 2 << 30 }

    /// The format that a file's name promises.
    ///
    /// - Returns: nil for a name that ends in nothing we take.
    public init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: ".") else { return nil }
        switch fileName[fileName.index(after: dot)...].lowercased() {
        case "png": self = .png
        case "jpg", "jpeg": self = .jpeg
        case "webp": self = .webp
        case "mp4", "m4v": self = .mp4
        case "webm": self = .webm
        case "zip": self = .zip
        default: return nil
        }
    }
}
