import Access
import Analytics
import Content
import FoundationEssentials
import Games
import HTTPTypes
import Hummingbird
import ObjectStore
import Storefront
import Uploads

/// Reports: ordered, made by a job, fetched as a file.
struct ReportRoutes: Sendable {
    private let analytics: Analytics
    private let games: Games
    private let store: any ObjectStore
    private let objects: ObjectResponder
    private let cursors: CursorCodec
    private let limits: APILimits
    private let publicURL: String

    init(_ services: APIServices) {
        self.analytics = services.analytics
        self.games = services.games
        self.store = services.store
        self.objects = ObjectResponder(
            store: services.store, limits: services.limits, redirectLife: services.uploads.policy.urlLife)
        self.cursors = services.cursors
        self.limits = services.limits
        self.publicURL = services.publicURL
    }

    static func path(of report: ReportID) -> String { "\(RouteTable.prefix)/analytics/reports/\(report)" }

    /// `POST /analytics/reports`: a new one, unless the same is being made.
    @Sendable func order(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let type = fields.choice("type", of: ReportType.self)
        let format = fields.choice("format", of: ReportFormat.self) ?? .csv
        let from = fields.day("from"), to = fields.day("to")
        let game = fields.optionalText("game_id", length: 1...64)
        let country = fields.optionalText("country", length: 1...10)
        for (name, isMissing) in [("type", type == nil), ("from", from == nil), ("to", to == nil)]
        where isMissing && fields.object[name].map({ $0 == .null }) ?? true {
            fields.fail(name, "required", "is required")
        }
        if let game, GameID(game) == nil { fields.fail("game_id", "format", "must be a UUID") }
        if let country, !CountryText.isOne(country) {
            fields.fail("country", "format", "must be two upper-case letters of ISO 3166-1")
        }
        var period: Period?
        if let from, let to {
            do {
                period = try Period(from: from, to: to)
            } catch {
                fields.fail("from", error.words.code, error.words.message)
            }
        }
        try fields.finish()
        guard let type, let period else { throw HTTPProblem.unexpected }
        let wanted = ReportRequest(
            type: type, format: format, period: period, game: game.flatMap { GameID($0) }?.description, country: country
        )
        try await self.requireGame(of: wanted, context)
        let principal = try context.requirePrincipal()
        let (report, _) = try await self.analytics.order(wanted, for: principal.developer, by: principal.user)
        return self.accepted(report)
    }

    /// `GET /analytics/reports`: the list; with `type`, `from` and `to` the report they name, ordered if need be.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let type = query.choice("type", of: ReportType.self)
        let from = query.day("from"), to = query.day("to")
        let hasParameters = type != nil || from != nil || to != nil || !query.errors.isEmpty
        return hasParameters
            ? try await self.find(&query, type, from, to, context) : try await self.page(&query, request, context)
    }

    /// `GET /analytics/reports/{report_id}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let report = try await self.report(context)
        let tag = EntityTag(revision: report.revision)
        if request.alreadyHas(tag) { return .notModified(tag) }
        var response = Response.json(AnalyticsJSON.report(report, publicURL: self.publicURL), tag: tag)
        if !report.status.isSettled { response.headers[.retryAfter] = "2" }
        return response
    }

    /// `GET /analytics/reports/{report_id}/download`.
    @Sendable func download(_ request: Request, context: APIContext) async throws -> Response {
        let report = try await self.report(context)
        guard let file = report.file, report.status == .ready else {
            throw HTTPProblem(
                status: report.status == .expired ? .gone : .conflict,
                code: report.status == .expired ? "report-expired" : "report-not-ready",
                detail: "The report is \(report.status.rawValue); it has no file.",
                members: JSONObject([
                    ("current", .string(report.status.rawValue)), ("failure", report.failure ?? .null),
                ]))
        }
        var response = try await self.objects.respond(
            to: request, context: context,
            with: .init(
                key: try ObjectKey(validating: file.objectKey),
                contentType: report.request.format == .csv ? "text/csv; charset=utf-8" : "application/json",
                tag: EntityTag(file.digest.description), digest: file.digest),
            // Small, and its name is ours to say.
            redirects: false)
        let period = report.request.period
        response.headers[.contentDisposition] =
            "attachment; filename=\"\(report.request.type.rawValue)-\(period.from)-\(period.to).\(report.request.format.rawValue)\""
        return response
    }

    /// `DELETE /analytics/reports/{report_id}`: the report and its file.
    @Sendable func remove(_ request: Request, context: APIContext) async throws -> Response {
        let report = try await self.report(context)
        _ = try request.checkMatch(EntityTag(revision: report.revision))
        let isFound = try await self.analytics.remove(report.id, of: try context.requireDeveloper()) { key in
            guard let key = ObjectKey(key) else { return }
            try await self.store.delete([key])
        }
        guard isFound else { throw HTTPProblem.notFound }
        return .noContent
    }

    private func report(_ context: APIContext) async throws -> ReportRecord {
        let id = try context.pathIdentifier("report_id", of: Report.self)
        guard let report = try await self.analytics.report(id, of: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return report
    }

    private func page(_ query: inout QueryFields, _ request: Request, _ context: APIContext) async throws -> Response {
        let status = query.choice("status", of: ReportState.self)
        let limit = query.limit()
        let after = query.position(self.cursors, for: "reports") { ReportID($0) }
        try query.finish()
        let reports = try await self.analytics.reports(
            of: try context.requireDeveloper(), status: status, after: after, limit: Page<ReportRecord>.probe(limit))
        return Page(reports, limit: limit).response(
            request, codec: self.cursors, list: "reports",
            cursor: { $0.position.fields },
            json: { AnalyticsJSON.report($0, publicURL: self.publicURL) })
    }

    /// The reading of the specification's "request a report" by GET: the same parameters name the same report.
    private func find(
        _ query: inout QueryFields, _ type: ReportType?, _ from: CalendarDay?, _ to: CalendarDay?,
        _ context: APIContext
    ) async throws -> Response {
        let format = query.choice("format", of: ReportFormat.self) ?? .csv
        let game = query.identifier("game_id", of: Game.self)
        let country = query.country("country")
        for (name, isMissing) in [("type", type == nil), ("from", from == nil), ("to", to == nil)]
        where isMissing && !query.errors.contains(where: { $0.pointer == "?\(name)" }) {
            query.fail(name, "required", "is required with the others")
        }
        var period: Period?
        if let from, let to { period = query.period(from: from, to: to) }
        try query.finish()
        guard let type, let period else { throw HTTPProblem.unexpected }
        let wanted = ReportRequest(
            type: type, format: format, period: period, game: game?.description, country: country)
        try await self.requireGame(of: wanted, context)
        let principal = try context.requirePrincipal()
        let (report, _) = try await self.analytics.findOrOrder(wanted, for: principal.developer, by: principal.user)
        guard report.status == .ready else { return self.accepted(report) }
        return .json(
            AnalyticsJSON.report(report, publicURL: self.publicURL),
            headers: [.contentLocation: Self.path(of: report.id)])
    }

    private func accepted(_ report: ReportRecord) -> Response {
        .json(
            AnalyticsJSON.report(report, publicURL: self.publicURL), status: .accepted,
            headers: [.location: Self.path(of: report.id), .retryAfter: "2"])
    }

    private func requireGame(of wanted: ReportRequest, _ context: APIContext) async throws {
        guard let game = wanted.game.flatMap({ GameID($0) }) else { return }
        guard try await self.games.game(game, of: try context.requireDeveloper()) != nil else {
            throw HTTPProblem.notFound
        }
    }
}
