public import Content

/// What a sender says of the build it is about to send.
public struct UploadRequest: Sendable {
    public var game: GameID
    public var developer: DeveloperID
    public var versionString: String
    public var fileSize: Int64
    /// For people only; the format is read from the bytes.
    public var fileName: String?
    /// SHA-256 as 64 hexadecimal digits; checked when the bytes are there.
    public var fileHash: String?
    public var changelog: String?

    public init(
        game: GameID, developer: DeveloperID, versionString: String, fileSize: Int64, fileName: String?,
        fileHash: String?, changelog: String?
    ) {
        self.game = game
        self.developer = developer
        self.versionString = versionString
        self.fileSize = fileSize
        self.fileName = fileName
        self.fileHash = fileHash
        self.changelog = changelog
    }
}
