public import JobLifecycle

/// A key's part of a queue: a studio's, for one.
public struct KeyShare: Equatable, Sendable {
    public let queue: QueueName
    public let key: String
    /// Its share of turns against other keys, 1 to 100; 10 unless an operator says otherwise.
    public let weight: Int
    /// Its own limit of jobs at a time; nil: the queue's.
    public let cap: Int?
    /// Jobs admitted, due or running; counted only where there is a limit, else 0.
    public let used: Int
    /// Jobs that wait for one of its slots, counted up to 10,000.
    public let held: Int
}
