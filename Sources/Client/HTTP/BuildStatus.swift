/// How far a version's build is.
public enum BuildStatus: String, Decodable, Sendable {
    case uploading
    case uploaded
    case processing
    case ready
    case failed

    /// Whether it stays as it is until somebody asks for something.
    public var isFinal: Bool { self == .ready || self == .failed }
}
