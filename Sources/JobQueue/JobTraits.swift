/// What a job's row says of how it is handled, as `job.traits` has it.
struct JobTraits: OptionSet, Sendable {
    let rawValue: Int16

    /// Leased in a batch with others.
    static let batched = JobTraits(rawValue: 1)
    /// Other jobs wait for it.
    static let followed = JobTraits(rawValue: 2)
    /// Holds a unique key.
    static let unique = JobTraits(rawValue: 4)
}
