/// A job, as operators see it.
public struct OperatorJobDocument: Decodable, Sendable {
    /// How far it is; totals are 0 until they are known.
    public struct Progress: Decodable, Sendable {
        public let bytesDone: Int64
        public let bytesTotal: Int64
        public let itemsDone: Int64
        public let itemsTotal: Int64

        /// 0 to 1; nil while nobody knows the total.
        public var share: Double? {
            if self.bytesTotal > 0 { return min(1, Double(self.bytesDone) / Double(self.bytesTotal)) }
            if self.itemsTotal > 0 { return min(1, Double(self.itemsDone) / Double(self.itemsTotal)) }
            return nil
        }
    }

    /// Why its latest attempt failed.
    public struct Failure: Decodable, Sendable {
        public let code: String
        public let message: String
        public let hint: String?
    }

    public let id: String
    public let queue: String
    public let kind: String
    public let state: String
    public let attempt: Int
    public let maxAttempts: Int
    public let priority: Int
    public let key: String?
    public let held: Bool
    public let versionId: String?
    public let workerId: String?
    public let createdAt: String
    public let startedAt: String?
    public let finishedAt: String?
    public let runAt: String?
    public let progress: Progress
    public let failure: Failure?
}

/// Everything about one job.
public struct OperatorJobDetailDocument: Decodable, Sendable {
    public struct Why: Decodable, Sendable {
        public let code: String
        public let message: String
    }

    public struct Attempt: Decodable, Sendable {
        public let attempt: Int
        public let end: String
        public let workerId: String?
        public let startedAt: String?
        public let finishedAt: String
        public let failure: OperatorJobDocument.Failure?
    }

    public let job: OperatorJobDocument
    public let why: Why
    public let attempts: [Attempt]
    public let parents: [String]
    public let followers: [String]

    private enum CodingKeys: String, CodingKey {
        case why, attempts, parents, followers
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.job = try OperatorJobDocument(from: decoder)
        self.why = try container.decode(Why.self, forKey: .why)
        self.attempts = try container.decode([Attempt].self, forKey: .attempts)
        self.parents = try container.decode([String].self, forKey: .parents)
        self.followers = try container.decode([String].self, forKey: .followers)
    }
}

/// What was, or would be, done to many jobs.
public struct BulkDocument: Decodable, Sendable {
    public let action: String
    public let dryRun: Bool
    public let matched: Int
    public let changed: Int
    /// Jobs that came back with them; nil from a service that does not say.
    public let followers: Int?
    public let sample: [String]
    public let truncated: Bool
}
