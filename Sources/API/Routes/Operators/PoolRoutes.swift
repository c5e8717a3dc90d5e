import HTTPTypes
import Hummingbird
import JobLifecycle
import JobQueue
import Storefront

/// The operator's hand on pools: every change holds in under a second, on all workers, and outlives them.
struct PoolRoutes: Sendable {
    private let queue: JobQueue
    private let limits: APILimits

    init(_ services: APIServices) {
        self.queue = services.queue
        self.limits = services.limits
    }

    /// `GET /pools`: what was said of each, and what its workers do.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let settings = Dictionary(grouping: try await self.queue.pools(), by: \.queue)
        let workers = try await self.queue.workers()
        return .list(
            try await self.queue.depths().map { depth in
                QueueJSON.pool(depth, settings: settings[depth.queue] ?? [], workers: workers)
            })
    }

    /// `GET /pools/{queue}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        .json(try await self.document(of: try context.pathQueue()))
    }

    /// `PATCH /pools/{queue}?node=`: what is absent stays, null leaves it to the wider setting.
    @Sendable func change(_ request: Request, context: APIContext) async throws -> Response {
        let queue = try context.pathQueue()
        var query = QueryFields(request)
        let node = query.text("node", maximumLength: 128)
        try query.finish()
        var fields = Fields(try await request.readObject(within: self.limits))
        let change = PoolChange(
            mode: fields.settingChoice("mode", of: PoolMode.self), slots: fields.setting("concurrency"),
            prefetch: fields.setting("prefetch"), leastUrgent: fields.setting("priority_floor"),
            tuning: fields.settingBounds("tuning"))
        try fields.finish()
        _ = try await self.queue.change(poolsOf: queue, on: node, change, by: try context.requireOperator())
        return .json(try await self.document(of: queue))
    }

    private func document(of queue: QueueName) async throws -> JSONValue {
        guard let depth = try await self.queue.depths().first(where: { $0.queue == queue }) else {
            throw JobQueueError.unknownQueue(queue)
        }
        return QueueJSON.pool(
            depth, settings: try await self.queue.pools().filter { $0.queue == queue },
            workers: try await self.queue.workers())
    }
}
