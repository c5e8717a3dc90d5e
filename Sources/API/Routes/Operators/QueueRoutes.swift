import Content
import HTTPTypes
import Hummingbird
import JobLifecycle
import JobQueue
import Storefront

/// The operator's eye on queues and workers, and hand on what holds for a whole queue.
struct QueueRoutes: Sendable {
    private let services: APIServices
    private let queue: JobQueue

    init(_ services: APIServices) {
        self.services = services
        self.queue = services.queue
    }

    /// `GET /queues`: depth, age, what holds, and what ended in the last minute.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let statistics = Dictionary(grouping: try await self.queue.statistics(over: .seconds(60)), by: \.queue)
        return .list(try await self.queue.depths().map { QueueJSON.queue($0, statistics[$0.queue] ?? []) })
    }

    /// `PATCH /queues/{queue}`: what is absent stays, null lifts a limit.
    @Sendable func change(_ request: Request, context: APIContext) async throws -> Response {
        let queue = try await self.existing(context)
        var fields = Fields(try await request.readObject(within: self.services.limits))
        let change = QueueChange(
            paused: fields.optionalFlag("paused"), runningLimit: fields.setting("running_limit"),
            keyLimit: fields.setting("key_limit"), rate: fields.rate("rate"))
        try fields.finish()
        let settings = try await self.queue.change(queue, change, by: try context.requireOperator())
        return .json(QueueJSON.settings(settings))
    }

    /// `GET /queues/{queue}/keys`: who shares it, the most held first.
    @Sendable func keys(_ request: Request, context: APIContext) async throws -> Response {
        .list(try await self.queue.shares(of: try context.pathQueue()).map(QueueJSON.key))
    }

    /// `PATCH /queues/{queue}/keys/{key}`: its limit and its share of turns.
    @Sendable func changeKey(_ request: Request, context: APIContext) async throws -> Response {
        let queue = try context.pathQueue()
        guard let key = context.pathText("key") else { throw HTTPProblem.notFound }
        var fields = Fields(try await request.readObject(within: self.services.limits))
        let cap: Setting<Int> = fields.setting("cap"), weight: Setting<Int> = fields.setting("weight")
        try fields.finish()
        try await self.queue.change(key: key, of: queue, cap: cap, weight: weight, by: try context.requireOperator())
        guard let share = try await self.queue.shares(of: queue).first(where: { $0.key == key }) else {
            // Among more than a thousand it need not be listed.
            return .noContent
        }
        return .json(QueueJSON.key(share))
    }

    /// `GET /queues/{queue}/rates`: of kinds and keys.
    @Sendable func rates(_ request: Request, context: APIContext) async throws -> Response {
        .list(try await self.queue.rates(of: try context.pathQueue()).map(QueueJSON.rate))
    }

    /// `PATCH /queues/{queue}/rates`: of one kind or one key; null lifts it.
    @Sendable func changeRate(_ request: Request, context: APIContext) async throws -> Response {
        let queue = try context.pathQueue()
        var fields = Fields(try await request.readObject(within: self.services.limits))
        let kind = fields.optionalText("kind", length: 1...64), key = fields.optionalText("key", length: 1...200)
        let rate = fields.rate("rate")
        if (kind == nil) == (key == nil) { fields.fail("kind", "required", "or key is required, and not both") }
        if case .keep = rate { fields.fail("rate", "required", "is required; null lifts it") }
        try fields.finish()
        let subject: PartialRate.Subject = kind.map { .kind(JobKind(rawValue: $0)) } ?? .key(key ?? "")
        try await self.queue.change(
            rateOf: subject, in: queue, to: rate.applied(to: nil), by: try context.requireOperator())
        return .list(try await self.queue.rates(of: queue).map(QueueJSON.rate))
    }

    /// `GET /workers`: who lives, and what its pools do.
    @Sendable func workers(_ request: Request, context: APIContext) async throws -> Response {
        .list(try await self.queue.workers().map(QueueJSON.worker))
    }

    /// `GET /stats?window=`: counts and times of what ended, for each queue and kind.
    @Sendable func statistics(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let window = query.wait("window", maximum: .seconds(86_400)) ?? .seconds(300)
        if window < .seconds(10) { query.fail("window", "range", "must be 10s to 86400s") }
        try query.finish()
        return .list(try await self.queue.statistics(over: window).map(StatisticsJSON.kind))
    }

    /// `GET /health`: what keeps the queue fast, and what is wrong with it.
    @Sendable func health(_ request: Request, context: APIContext) async throws -> Response {
        .json(StatisticsJSON.health(try await self.queue.health()))
    }

    /// `GET /config`: what this process was configured with, without its secrets.
    @Sendable func configuration(_ request: Request, context: APIContext) async throws -> Response {
        .json(.object(self.services.configuration))
    }

    /// `GET /audit`: what operators, and self-tuning, have changed; newest first.
    @Sendable func audit(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let subject = query.text("subject", maximumLength: 300)
        let limit = query.limit()
        let cursor = query.cursor(self.services.cursors, for: "ops-audit", fields: 1)
        try query.finish()
        let entries = try await self.queue.audit(
            of: subject, before: cursor?.first.flatMap { Int64($0) }, limit: Page<AuditEntry>.probe(limit))
        return Page(entries, limit: limit).response(
            request, codec: self.services.cursors, list: "ops-audit", cursor: { ["\($0.id)"] }, json: QueueJSON.audit)
    }

    private func existing(_ context: APIContext) async throws -> QueueName {
        let queue = try context.pathQueue()
        // A mistyped name must not make a queue.
        guard try await self.queue.queues().contains(where: { $0.queue == queue }) else {
            throw JobQueueError.unknownQueue(queue)
        }
        return queue
    }
}

extension Response {
    /// A list that comes whole.
    static func list(_ items: [JSONValue]) -> Response { .json(["items": .array(items), "next_cursor": .null]) }
}
