public import Content
public import FoundationEssentials
import Synchronization

/// One run of a job, as its handler sees it.
public final class Attempt: Sendable {
    public let job: JobID
    /// From 1.
    public let number: Int
    public let maxAttempts: Int
    /// What the jobs of one run share, e.g. a version.
    public let scope: UUID?
    public let developer: DeveloperID?

    private let state = Mutex(Progress())

    /// What has been done so far; totals are 0 until they are known.
    public struct Progress: Equatable, Sendable {
        public var bytesDone: Int64 = 0
        public var bytesTotal: Int64 = 0
        public var itemsDone: Int64 = 0
        public var itemsTotal: Int64 = 0
    }

    public init(job: JobID, number: Int, maxAttempts: Int, scope: UUID?, developer: DeveloperID?) {
        self.job = job
        self.number = number
        self.maxAttempts = maxAttempts
        self.scope = scope
        self.developer = developer
    }

    /// Changes the progress; cheap enough for every buffer. Written to the database about once a second.
    public func report(_ change: (inout Progress) -> Void) {
        self.state.withLock { change(&$0) }
    }

    public var progress: Progress { self.state.withLock { $0 } }
}
