public import FoundationEssentials
public import JobLifecycle

/// A schedule, and how it stands.
public struct CronStatus: Sendable {
    public let name: String
    /// As `CronSchedule` reads it.
    public let schedule: String
    public let missed: MissedFires
    public let isPaused: Bool
    /// Nil when the schedule has no next time.
    public let nextAt: Date?
    public let lastAt: Date?
    public let lastJob: JobID?
}
