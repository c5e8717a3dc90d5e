/// One stage of a build on its way to `ready`.
public struct StageDocument: Codable, Equatable, Sendable {
    /// `receive`, `ingest`, `hash`, `plan`, `scan`, `transfer`, `publish`, `patch`.
    public let stage: String
    /// `waiting`, `running`, `done`, `failed` or `skipped`.
    public let state: String
    public let bytesDone: Int64?
    public let bytesTotal: Int64?
    public let filesDone: Int64?
    public let filesTotal: Int64?
    public let attempt: Int?

    public init(
        stage: String, state: String, bytesDone: Int64? = nil, bytesTotal: Int64? = nil, filesDone: Int64? = nil,
        filesTotal: Int64? = nil, attempt: Int? = nil
    ) {
        self.stage = stage
        self.state = state
        self.bytesDone = bytesDone
        self.bytesTotal = bytesTotal
        self.filesDone = filesDone
        self.filesTotal = filesTotal
        self.attempt = attempt
    }

    private enum CodingKeys: String, CodingKey {
        case stage, state, attempt
        case bytesDone = "bytes_done"
        case bytesTotal = "bytes_total"
        case filesDone = "files_done"
        case filesTotal = "files_total"
    }
}
