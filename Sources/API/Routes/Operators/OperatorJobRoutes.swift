import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import JobLifecycle
import JobQueue
import Storefront

/// The operator's view of jobs, of all companies, and what can be done to them.
///
/// What is done here is done to the job, not to the build it may belong to: a studio's own routes do that.
struct OperatorJobRoutes: Sendable {
    private let services: APIServices
    private let queue: JobQueue

    init(_ services: APIServices) {
        self.services = services
        self.queue = services.queue
    }

    /// `GET /jobs`: newest first.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        try await self.page(request, list: "ops-jobs") { query, filter in
            filter.states = query.choice("state", of: JobState.self).map { [$0] } ?? []
        }
    }

    /// `GET /jobs/dead`: what failed for good, newest first.
    @Sendable func listDead(_ request: Request, context: APIContext) async throws -> Response {
        try await self.page(request, list: "ops-dead-jobs") { _, filter in filter.states = [.discarded] }
    }

    private func page(
        _ request: Request, list: String, states: (inout QueryFields, inout JobFilter) -> Void
    ) async throws -> Response {
        var query = QueryFields(request)
        var filter = JobFilter()
        states(&query, &filter)
        filter.queues = query.text("queue", maximumLength: 64).map { [QueueName(rawValue: $0)] } ?? []
        filter.kinds = query.text("kind", maximumLength: 64).map { [JobKind(rawValue: $0)] } ?? []
        filter.scope = query.identifier("version_id", of: Version.self)?.uuid
        filter.developer = query.identifier("developer_id", of: Developer.self)
        filter.key = query.text("key", maximumLength: 200)
        filter.failure = query.text("failure", maximumLength: 100)
        filter.worker = query.integer("worker_id", 1...Int(Int32.max)).map { WorkerID(rawValue: Int32($0)) }
        let limit = query.limit()
        let cursor = query.cursor(self.services.cursors, for: list, fields: 1)
        try query.finish()
        let jobs = try await self.queue.jobs(
            filter, before: cursor?.first.flatMap { JobID($0) }, limit: Page<JobStatus>.probe(limit))
        return Page(jobs, limit: limit).response(
            request, codec: self.services.cursors, list: list, cursor: { [$0.id.description] },
            json: OperatorJobJSON.job)
    }

    /// `GET /jobs/{job_id}`: everything about it, and why it does not run.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        .json(OperatorJobJSON.detail(try await self.detail(try self.job(context))))
    }

    /// `POST /jobs/{job_id}/retry`, also as `redrive`: due now, with all its attempts.
    @Sendable func retry(_ request: Request, context: APIContext) async throws -> Response {
        try await self.act(.retry, request, context)
    }

    /// `POST /jobs/{job_id}/cancel`: with those that wait for it.
    @Sendable func cancel(_ request: Request, context: APIContext) async throws -> Response {
        try await self.act(.cancel, request, context)
    }

    /// `POST /jobs/{job_id}/discard`: as cancel, but counted as failed.
    @Sendable func discard(_ request: Request, context: APIContext) async throws -> Response {
        try await self.act(.discard, request, context)
    }

    private func act(_ action: JobAction, _ request: Request, _ context: APIContext) async throws -> Response {
        let job = try self.job(context)
        var fields = Fields(try await request.readOptionalObject(within: self.services.limits) ?? JSONObject())
        let reason = fields.optionalText("reason", length: 1...500)
        try fields.finish()
        let before = try await self.detail(job)
        let result = try await self.queue.apply(
            action, to: JobFilter(ids: [job]), isDryRun: false, by: try context.requireOperator(), because: reason)
        guard result.changed == 1 else {
            throw HTTPProblem.invalidTransition(Self.refusal(of: action, to: before.status))
        }
        return .json(OperatorJobJSON.detail(try await self.detail(job)))
    }

    /// `POST /jobs/bulk`: the same to every job a filter means, at most 10,000 a call.
    @Sendable func bulk(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.services.limits))
        let filter = fields.jobFilter("filter")
        return try await self.apply(fields, filter, context)
    }

    /// `POST /jobs/dead`: the same to every dead job a filter means.
    @Sendable func bulkDead(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.services.limits))
        var filter = fields.jobFilter("filter") ?? JobFilter()
        filter.states = [.discarded]
        return try await self.apply(fields, filter, context)
    }

    private func apply(_ fields: Fields, _ filter: JobFilter?, _ context: APIContext) async throws -> Response {
        var fields = fields
        let action = fields.requiredChoice("action", of: JobAction.self)
        let isDryRun = fields.optionalFlag("dry_run") ?? false
        let reason = fields.optionalText("reason", length: 1...500)
        try fields.finish()
        guard let action, let filter else { throw HTTPProblem.unexpected }
        let result = try await self.queue.apply(
            action, to: filter, isDryRun: isDryRun, by: try context.requireOperator(), because: reason)
        return .json(OperatorJobJSON.result(result))
    }

    private func job(_ context: APIContext) throws(HTTPProblem) -> JobID {
        guard let job = context.parameters.get("job_id").flatMap({ JobID($0) }) else { throw .notFound }
        return job
    }

    private func detail(_ job: JobID) async throws -> JobDetail {
        guard let detail = try await self.queue.detail(of: job) else { throw HTTPProblem.notFound }
        return detail
    }

    private static func refusal(of action: JobAction, to job: JobStatus) -> InvalidTransition {
        let allowed: [JobAction] =
            switch job.state {
            case .scheduled, .retryable: [.retry, .cancel, .discard]
            case .available, .running: [.cancel, .discard]
            case .cancelled, .discarded: [.retry]
            case .completed: []
            }
        return InvalidTransition(
            subject: "job", current: job.state.rawValue, requested: action.rawValue, allowed: allowed.map(\.rawValue))
    }
}
