public import Content

/// What uploads may be.
public struct UploadPolicy: Sendable {
    /// The largest file.
    public var maximumSize: ByteCount
    /// The length of a version string, as the specification has it.
    public var maximumVersionString: Int
    /// How long an upload may take.
    public var sessionLife: Duration
    /// How long a presigned request holds; renewed on demand.
    public var urlLife: Duration

    public init(
        maximumSize: ByteCount = .gibibytes(200), maximumVersionString: Int = 100,
        sessionLife: Duration = .seconds(7 * 86_400), urlLife: Duration = .seconds(900)
    ) {
        self.maximumSize = maximumSize
        self.maximumVersionString = maximumVersionString
        self.sessionLife = sessionLife
        self.urlLife = urlLife
    }
}
