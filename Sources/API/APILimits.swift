public import Content

/// How much and how long a request may be.
///
/// Every number that can refuse somebody is here.
public struct APILimits: Sendable {
    /// The largest JSON body.
    public var jsonBody: ByteCount = .mebibytes(1)
    /// The longest wait for the next bytes of a body, and for a client to take the next bytes of an answer.
    public var idle: Duration = .seconds(30)
    /// The slowest body, in bytes a second, counted over the whole of it after ``idle`` has passed twice.
    public var minimumRate: ByteCount = .kibibytes(1)
    /// Parts received at a time, by this process.
    public var concurrentParts = 256
    /// Event streams and long polls at a time, by this process.
    public var concurrentWaits = 512
    /// The longest life of an event stream; clients resume with `Last-Event-ID`.
    public var eventStreamLife: Duration = .seconds(3600)
    /// The longest `?wait=`.
    public var longPoll: Duration = .seconds(60)
    /// How often a stream or a long poll looks again.
    public var pollInterval: Duration = .milliseconds(500)
    /// How often a silent event stream says that it lives.
    public var heartbeat: Duration = .seconds(15)
    /// Whether uploads may be sent as one stream, by the draft of the IETF that ``ResumableUpload`` names.
    public var takesResumableUploads = false
    /// The longest a readiness check may take.
    public var readiness: Duration = .seconds(3)

    public init() {}
}
