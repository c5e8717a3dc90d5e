public import Content

/// A version as the service shows it; only what the client reads.
public struct VersionDocument: Decodable, Equatable, Sendable {
    /// What a ready version consists of.
    public struct ContentDocument: Codable, Equatable, Sendable {
        public let files: Int64?
        public let bytes: Int64?
        public let chunks: Int64?
        public let newChunks: Int64?
        public let storedBytes: Int64?
        public let newBytes: Int64?

        private enum CodingKeys: String, CodingKey {
            case files, bytes, chunks
            case newChunks = "new_chunks"
            case storedBytes = "stored_bytes"
            case newBytes = "new_bytes"
        }
    }

    public let id: VersionID
    public let game: GameID
    public let versionString: String
    public let status: BuildStatus
    /// SHA-256 of what was uploaded, 64 hexadecimal digits.
    public let fileHash: String?
    public let fileSize: Int64?
    public let jobID: String?
    public let manifestDigest: Digest?
    public let failure: BuildFailure?
    public let stages: [StageDocument]
    public let content: ContentDocument?
    public let upload: UploadDocument?

    private enum CodingKeys: String, CodingKey {
        case status, failure, stages, content, upload
        case id = "version_id"
        case game = "game_id"
        case versionString = "version_string"
        case fileHash = "file_hash"
        case fileSize = "file_size"
        case jobID = "job_id"
        case manifestDigest = "manifest_digest"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try values.decode(VersionID.self, forKey: .id)
        self.game = try values.decode(GameID.self, forKey: .game)
        self.versionString = try values.decode(String.self, forKey: .versionString)
        self.status = try values.decode(BuildStatus.self, forKey: .status)
        self.fileHash = try values.decodeIfPresent(String.self, forKey: .fileHash)
        self.fileSize = try values.decodeIfPresent(Int64.self, forKey: .fileSize)
        self.jobID = try values.decodeIfPresent(String.self, forKey: .jobID)
        self.manifestDigest = try values.decodeIfPresent(Digest.self, forKey: .manifestDigest)
        self.failure = try values.decodeIfPresent(BuildFailure.self, forKey: .failure)
        self.stages = try values.decodeIfPresent([StageDocument].self, forKey: .stages) ?? []
        self.content = try values.decodeIfPresent(ContentDocument.self, forKey: .content)
        self.upload = try values.decodeIfPresent(UploadDocument.self, forKey: .upload)
    }
}
