/// What came of groups of statements that were sent in one round trip, each group a transaction of its own.
public struct PipelineAnswer: Sendable {
    /// For each group the rows of each statement; or its first error, and then nothing of the group was done.
    public let groups: [Result<[[Row]], PostgresError>]
    /// How long the last group's commit took, by this side's clock; nil when that was not asked for, or it failed.
    public let commit: Duration?
}
