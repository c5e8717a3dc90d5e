public import Content
public import FoundationEssentials

/// What the jobs of one run have in common.
public struct JobScope: Sendable {
    /// A version, for the jobs of its build.
    public let id: UUID?
    public let developer: DeveloperID?
    /// Whose turn it is: jobs of different keys in one queue take turns, and a limit may be set on a key's jobs at a time.
    /// 1 to 200 characters; a studio, for the jobs of a build. Give all jobs of a queue a key, or none: a job without one
    /// stands in line by its number.
    public let key: String?

    public init(id: UUID?, developer: DeveloperID?, key: String? = nil) {
        self.id = id
        self.developer = developer
        self.key = key
    }

    public static let none = JobScope(id: nil, developer: nil)
}
