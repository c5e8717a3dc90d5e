import Access
import BuildStore
import Content
import HTTPTypes
import Hummingbird
import JobLifecycle
import JobQueue
import Postgres
import ServiceLifecycle
import Storefront

/// What the engine is doing for a company.
struct JobRoutes: Sendable {
    private let services: APIServices
    private let versions: VersionRoutes
    private let reader: VersionReader
    private let stream: EventStream
    private let waits: Gate

    init(_ services: APIServices, reader: VersionReader, waits: Gate) {
        self.services = services
        self.reader = reader
        self.versions = VersionRoutes(services, reader: reader, waits: waits)
        self.stream = EventStream(limits: services.limits, gate: waits)
        self.waits = waits
    }

    /// `GET /jobs`: newest first.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let version = query.identifier("version_id", of: Version.self)
        let state = query.choice("state", of: JobState.self)
        let limit = query.limit()
        let cursor = query.cursor(self.services.cursors, for: "jobs", fields: 1)
        try query.finish()
        let jobs = try await self.services.queue.list(
            developer: try context.requireDeveloper(), scope: version?.uuid, state: state,
            before: cursor?.first.flatMap { JobID($0) }, limit: Page<JobStatus>.probe(limit))
        return Page(jobs, limit: limit).response(
            request, codec: self.services.cursors, list: "jobs", cursor: { [$0.id.description] }, json: JobJSON.job)
    }

    /// `GET /jobs/{job_id}`: at once, or with `?wait=` when it is done, and after that time at the latest.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let wait = query.wait("wait", maximum: self.services.limits.longPoll)
        try query.finish()
        var job = try await self.job(context)
        if let wait, wait > .zero, !job.state.isFinal {
            job = try await self.waits.whileInside { try await self.wait(for: job, atMost: wait, context) }
        }
        return .json(JobJSON.job(job))
    }

    private func wait(for job: JobStatus, atMost most: Duration, _ context: APIContext) async throws -> JobStatus {
        let clock = ContinuousClock()
        let end = clock.now + most
        var job = job
        while !job.state.isFinal, clock.now < end, !Task.isShuttingDownGracefully {
            try await Task.sleep(for: min(self.services.limits.pollInterval, end - clock.now), clock: clock)
            job = try await self.job(context)
        }
        return job
    }

    /// `GET /jobs/{job_id}/events`: the version the job is for, or the job itself when it is for none.
    @Sendable func watch(_ request: Request, context: APIContext) async throws -> Response {
        let job = try await self.job(context)
        let developer = try context.requireDeveloper()
        let (queue, reader, id) = (self.services.queue, self.reader, job.id)
        return try await self.stream.response(to: request, context: context) {
            guard let job = try await queue.status(of: id, developer: developer) else { return nil }
            guard let version = try await self.version(of: job, developer: developer) else {
                return EventStream.Snapshot(event: "job", document: JobJSON.job(job), isFinal: job.state.isFinal)
            }
            return EventStream.Snapshot(
                event: "version", document: try await reader.json(version, upload: .none),
                isFinal: version.status.rules.isTerminal && job.state.isFinal)
        }
    }

    /// `POST /jobs/{job_id}/cancel`: what a version cannot do without ends the version too.
    @Sendable func cancel(_ request: Request, context: APIContext) async throws -> Response {
        let job = try await self.job(context)
        guard !job.state.isFinal else { throw Self.tooLate(job, "cancel") }
        if let version = try await self.version(of: job, developer: try context.requireDeveloper()),
            version.status == .uploaded || version.status == .processing
        {
            _ = try await self.services.cancelBuild(version.id)
        } else {
            let failure = Failure(
                code: "cancelled", message: "somebody of the company cancelled it", retryable: true,
                stage: job.queue.rawValue, hint: "retry the job")
            guard try await self.services.queue.cancel(job.id, because: failure) else {
                throw Self.tooLate(try await self.job(context), "cancel")
            }
        }
        return .json(JobJSON.job(try await self.job(context)))
    }

    /// `POST /jobs/{job_id}/retry`: a failed version begins anew with a new job; another job is run again itself.
    @Sendable func retry(_ request: Request, context: APIContext) async throws -> Response {
        var job = try await self.job(context)
        let developer = try context.requireDeveloper()
        if let version = try await self.version(of: job, developer: developer), version.status == .failed {
            guard let id = try await self.versions.reprocess(version).job else { throw HTTPProblem.unexpected }
            guard let fresh = try await self.services.queue.status(of: JobID(rawValue: id), developer: developer) else {
                throw HTTPProblem.unexpected
            }
            job = fresh
        } else {
            guard try await self.services.queue.retry(job.id) else { throw Self.tooLate(job, "retry") }
            job = try await self.job(context)
        }
        return .json(
            JobJSON.job(job), status: .accepted,
            headers: [.location: "\(RouteTable.prefix)/jobs/\(job.id)", .retryAfter: "1"])
    }

    private func job(_ context: APIContext) async throws -> JobStatus {
        guard let id = context.parameters.get("job_id").flatMap({ JobID($0) }),
            let job = try await self.services.queue.status(of: id, developer: try context.requireDeveloper())
        else { throw HTTPProblem.notFound }
        if let games = try context.requirePrincipal().games {
            let version = try await self.version(of: job, developer: try context.requireDeveloper())
            guard let version, games.contains(version.game) else { throw HTTPProblem.notFound }
        }
        return job
    }

    /// The version a job works for; nil when it works for none, or for one that is gone.
    private func version(of job: JobStatus, developer: DeveloperID) async throws -> VersionRecord? {
        guard let scope = job.scope,
            let version = try await self.services.builds.version(VersionID(scope), in: self.services.database),
            version.developer == developer
        else { return nil }
        return version
    }

    private static func tooLate(_ job: JobStatus, _ requested: String) -> HTTPProblem {
        let allowed =
            switch job.state {
            case .scheduled, .available, .running, .retryable: ["cancel"]
            case .cancelled, .discarded: ["retry"]
            case .completed: [String]()
            }
        return .invalidTransition(
            InvalidTransition(subject: "job", current: job.state.rawValue, requested: requested, allowed: allowed))
    }
}
