/// What is left out of the real thing, to see that the simulation notices.
public struct Mutation: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// An end is accepted whoever holds the job.
    public static let noFence = Mutation(rawValue: 1)
    /// What a job does elsewhere is not keyed by the job.
    public static let noKey = Mutation(rawValue: 2)
    /// Leases nobody works on stay where they are.
    public static let noTakeBack = Mutation(rawValue: 4)
    /// A slot goes to the next job without a look at the limit.
    public static let noLimit = Mutation(rawValue: 8)
    /// A slot that nobody waits for is forgotten.
    public static let lostSlots = Mutation(rawValue: 16)
    /// A batch is acknowledged whole though the end of one of it may not be written.
    public static let wholeBatches = Mutation(rawValue: 32)
}

/// A rule that was broken in a history.
public enum Violation: Equatable, Sendable {
    case completed(job: Int, times: Int)
    /// A job stands in no table, or in several.
    case stands(job: Int, places: Int)
    /// More jobs of a key run than may.
    case exceeded(key: Int, jobs: Int)
    /// Not every job came to its end.
    case unfinished(ended: Int)
    case effects(job: Int, times: Int)
    /// All jobs have ended, and a key's slots are not all free.
    case slots(key: Int, used: Int)
}
