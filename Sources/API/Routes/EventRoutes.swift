import Access
import Content
import HTTPTypes
import Hummingbird
import Platform
import Storefront

/// Everything that happens to a company, in one sequence: by pages, or as a stream that goes on.
struct EventRoutes: Sendable {
    private let outbox: Outbox
    private let feed: EventFeed

    init(_ services: APIServices, waits: Gate) {
        self.outbox = Outbox(database: services.database)
        self.feed = EventFeed(limits: services.limits, gate: waits)
    }

    /// `GET /events`: oldest first, after a number; a stream for who accepts one, resumed by `Last-Event-ID`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let after = query.integer("after", 0...Int.max)
        let types = query.text("types", maximumLength: 1000)?.split(separator: ",").map(String.init) ?? []
        let limit = query.limit()
        try query.finish()
        let principal = try context.requirePrincipal()
        // What money is about is for those who see money anyway.
        let hidden = principal.permissions.contains(.financeRead) ? [] : AuditDomains.finance
        let outbox = self.outbox
        let read: EventFeed.Read = { seq in
            try await outbox.events(
                of: principal.developer, after: seq, types: types, hidden: hidden, limit: limit)
        }
        if request.headers[values: .accept].contains(where: { $0.lowercased().contains("text/event-stream") }) {
            let last = request.headers[.lastEventID].flatMap { Int64($0) }
            return try await self.feed.response(
                to: request, context: context, after: last ?? after.map(Int64.init) ?? 0, read: read)
        }
        let events = try await read(after.map(Int64.init) ?? 0)
        return .json([
            "items": .array(events.map(\.json)),
            // Where to go on from, also when there is nothing new.
            "last_seq": .integer(events.last?.seq ?? Int64(after ?? 0)), "has_more": .bool(events.count == limit),
        ])
    }
}
