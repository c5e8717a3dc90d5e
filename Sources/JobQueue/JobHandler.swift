public import FoundationEssentials
public import JobLifecycle
public import Postgres

/// The code for one kind of job.
///
/// A handler may be killed at any instruction and run again, on another machine, while a frozen twin still believes
/// itself alive. So it keeps to three rules: everything it does to the database goes into the `recording` of its
/// ``Outcome``, which commits together with the job's end or not at all; everything it does elsewhere is keyed, so that
/// doing it twice changes nothing; and it honours cancellation.
public protocol JobHandler<Work>: Sendable {
    associatedtype Work: Job

    /// Runs one attempt on a thread of the pool, where blocking is allowed.
    ///
    /// - Throws: anything; `FailureConvertible` errors say whether another attempt may help.
    func perform(_ work: Work, attempt: Attempt) async throws -> Outcome

    /// Records that the job failed for good, in the transaction that ends it.
    func abandon(_ work: Work, failure: Failure, in transaction: Transaction) async throws

    /// The same for a job whose payload cannot be read: only its scope is known.
    func abandon(unreadableOf scope: UUID?, failure: Failure, in transaction: Transaction) async throws
}

extension JobHandler {
    public func abandon(_ work: Work, failure: Failure, in transaction: Transaction) async throws {}

    public func abandon(unreadableOf scope: UUID?, failure: Failure, in transaction: Transaction) async throws {}
}
