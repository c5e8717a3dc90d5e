public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// A picture or a film of a game: one row of `game_media`.
public struct MediaRecord: Equatable, Sendable {
    public let id: MediaID
    public let game: GameID
    public let developer: DeveloperID
    public let kind: MediaKind
    public let format: MediaFormat
    public let state: MediaState
    public let fileName: String
    /// Bytes of the upload, as it was announced.
    public let fileSize: Int64
    /// What a reader hears who does not see it.
    public let alt: String?
    /// Smaller stands first in its list.
    public let position: Int
    /// Where the upload arrives.
    public let uploadKey: String
    /// The cleaned file; nil until it is ready.
    public let file: MediaFile?
    public let job: Int64?
    /// A JSON object with `code`, `message` and more; nil unless it failed.
    public let failure: JSONValue?
    public let createdAt: Date
    public let updatedAt: Date
    public let finishedAt: Date?
    public let revision: Int64

    init(_ row: Row) throws {
        let (kind, format, state): (String, String, String) = (try row("kind"), try row("format"), try row("state"))
        guard let kind = MediaKind(rawValue: kind), let format = MediaFormat(rawValue: format),
            let state = MediaState(rawValue: state)
        else { throw PostgresError.decoding(column: "state", expected: "a media file", got: state) }
        let position: Int32 = try row("position")
        let failure: String? = try row("failure")
        self.id = try row("media_id")
        self.game = try row("game_id")
        self.developer = try row("developer_id")
        self.kind = kind
        self.format = format
        self.state = state
        self.fileName = try row("file_name")
        self.fileSize = try row("file_size")
        self.alt = try row("alt")
        self.position = Int(position)
        self.uploadKey = try row("upload_key")
        let key: String? = try row("object_key")
        let digest: Digest? = try row("digest")
        let size: Int64? = try row("size")
        let width: Int32? = try row("width")
        let height: Int32? = try row("height")
        if let key, let digest, let size {
            self.file = MediaFile(
                objectKey: key, digest: digest, size: size, width: width.map(Int.init), height: height.map(Int.init))
        } else {
            self.file = nil
        }
        self.job = try row("job_id")
        self.failure = try failure.map { try JSONParser.parse(Array($0.utf8)) }
        self.createdAt = try row("created_at")
        self.updatedAt = try row("updated_at")
        self.finishedAt = try row("finished_at")
        self.revision = try row("revision")
    }

    static let columns: SQL = """
        media_id, game_id, developer_id, kind, format, state, file_name, file_size, alt, position, upload_key,
        object_key, digest, size, width, height, job_id, failure::text AS failure, created_at, updated_at, finished_at,
        revision
        """
}

/// A media file as players get it.
public struct MediaFile: Equatable, Sendable {
    public let objectKey: String
    public let digest: Digest
    /// Bytes.
    public let size: Int64
    /// Pixels; nil where the file does not say.
    public let width: Int?
    public let height: Int?

    public init(objectKey: String, digest: Digest, size: Int64, width: Int?, height: Int?) {
        self.objectKey = objectKey
        self.digest = digest
        self.size = size
        self.width = width
        self.height = height
    }
}

/// A picture or a film.
public enum Media {}
public typealias MediaID = Identifier<Media>
