/// Why a build failed in the pipeline, as the service says it.
public struct BuildFailure: Codable, Equatable, Sendable {
    /// One of many things wrong with a build.
    public struct Item: Codable, Equatable, Sendable {
        public let code: String
        public let path: String?
        public let message: String?
    }

    /// Stable, for programs.
    public let code: String
    public let stage: String?
    public let message: String
    /// What to do.
    public let hint: String?
    /// The file in the build.
    public let path: String?
    public let offset: Int64?
    public let expected: String?
    public let actual: String?
    /// Whether the same build may pass another time.
    public let retryable: Bool?
    public let problems: [Item]?
}
