import FoundationEssentials
public import JobLifecycle
import Postgres

/// The kinds of job a worker can run.
public struct JobRegistry: Sendable {
    private var handlers: [JobKind: AnyJobHandler] = [:]
    private(set) var schedules: [CronEntry] = []

    /// Called around every attempt of a job that belongs to somebody's trace; must call the work, once.
    public var inTrace: @Sendable (_ traceparent: String, _ work: () async -> Void) async -> Void = { _, work in
        await work()
    }

    public init() {}

    /// Adds a kind. Two handlers for one kind are a mistake of ours.
    public mutating func register<Handler: JobHandler>(_ handler: Handler) {
        let kind = Handler.Work.kind
        precondition(self.handlers[kind] == nil, "two handlers for \(kind)")
        self.handlers[kind] = AnyJobHandler(handler)
    }

    /// Has a job enqueued again and again, once for all workers that know the schedule.
    ///
    /// - Parameters:
    ///   - name: stable, 1 to 64 characters; a changed schedule takes the old one's place.
    ///   - job: never enqueued while its predecessor waits or runs.
    public mutating func schedule(
        _ job: some Job, as name: String, at schedule: CronSchedule, missed: MissedFires = .once
    ) {
        precondition((1...64).contains(name.count), "a schedule's name has 1 to 64 characters")
        precondition(!self.schedules.contains { $0.name == name }, "two schedules named \(name)")
        self.schedules.append(
            CronEntry(name: name, schedule: schedule, missed: missed) { queue, transaction in
                missed == .each
                    ? try await queue.enqueue(job, in: transaction)
                    : try await queue.enqueue(job, unique: "cron/\(name)", in: transaction)
            })
    }

    /// Whether every kind of a queue is leased in batches: then jobs are leased ahead.
    func isBatched(_ queue: QueueName) -> Bool {
        let kinds = self.handlers.values.filter { $0.policy.queue == queue }
        return !kinds.isEmpty && kinds.allSatisfy { $0.policy.leasing == .batched }
    }

    /// The queues its kinds stand in, in order of name.
    public var queues: [QueueName] {
        Set(self.handlers.values.map(\.policy.queue)).sorted { $0.rawValue < $1.rawValue }
    }

    /// Its kinds, in order of name.
    public var kinds: [JobKind] { self.handlers.keys.sorted { $0.rawValue < $1.rawValue } }

    func handler(for kind: JobKind) -> AnyJobHandler? { self.handlers[kind] }
}

/// A handler behind the payload's JSON.
struct AnyJobHandler: Sendable {
    let policy: JobPolicy
    let perform: @Sendable (_ payload: String, Attempt) async throws -> Outcome
    let abandon: @Sendable (_ payload: String, _ scope: UUID?, Failure, Transaction) async throws -> Void

    init<Handler: JobHandler>(_ handler: Handler) {
        self.policy = Handler.Work.policy
        self.perform = { payload, attempt in
            try await handler.perform(try Self.decode(payload), attempt: attempt)
        }
        self.abandon = { payload, scope, failure, transaction in
            guard let work: Handler.Work = try? Self.decode(payload) else {
                return try await handler.abandon(unreadableOf: scope, failure: failure, in: transaction)
            }
            try await handler.abandon(work, failure: failure, in: transaction)
        }
    }

    private static func decode<Work: Job>(_ payload: String) throws(UndecodablePayload) -> Work {
        do {
            return try JSONDecoder().decode(Work.self, from: Data(payload.utf8))
        } catch {
            throw UndecodablePayload(kind: Work.kind, reason: "\(error)")
        }
    }
}

/// The payload is not what its kind reads: written by a later program, or by hand. A worker of the later program may read
/// it, so it is attempted as often as its kind allows before it is discarded.
struct UndecodablePayload: FailureConvertible {
    let kind: JobKind
    let reason: String

    var failure: Failure {
        Failure(
            code: "payload-undecodable", message: "the payload of this \(self.kind) job cannot be read: \(self.reason)",
            retryable: true, hint: "finish the roll-out of the version that enqueued it, then retry the job")
    }
}
