import Access
import Content
import HTTPTypes
import Hummingbird
import Platform
import Storefront

/// What was done to a company, and whether that is still what was written.
struct AuditRoutes: Sendable {
    private let audit: AuditLog
    private let cursors: CursorCodec

    init(_ services: APIServices) {
        self.audit = services.conventions.audit
        self.cursors = services.cursors
    }

    /// `GET /audit`: newest first.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        var filter = AuditFilter()
        filter.action = query.text("action", maximumLength: 100)
        filter.actor = query.text("actor", maximumLength: 100)
        filter.target = query.text("target", maximumLength: 200)
        filter.from = query.time("from")
        filter.until = query.time("to")
        if let from = filter.from, let until = filter.until, from > until {
            query.fail("to", "range", "must not be before from")
        }
        let limit = query.limit()
        let cursor = query.cursor(self.cursors, for: "audit", fields: 1)
        try query.finish()
        let principal = try context.requirePrincipal()
        filter.domains = AuditDomains.readable(by: principal.role)
        let records = try await self.audit.list(
            of: principal.developer, filter, before: cursor?.first.flatMap { Int64($0) },
            limit: Page<AuditRecord>.probe(limit))
        return Page(records, limit: limit).response(
            request, codec: self.cursors, list: "audit", cursor: { ["\($0.seq)"] }, json: AuditJSON.record)
    }

    /// `GET /audit/verify`, with `?seq=` and `?hash=` of a head that was noted down earlier.
    @Sendable func verify(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let seq = query.integer("seq", 1...Int.max)
        let hash = query.text("hash", maximumLength: 64)
        let bytes = hash.flatMap { Hexadecimal.decode($0) }
        if hash != nil, bytes?.count != Digest.length { query.fail("hash", "format", "must be 64 hexadecimal digits") }
        if (seq == nil) != (hash == nil) { query.fail("seq", "required", "seq and hash belong together") }
        try query.finish()
        let witness = seq.flatMap { seq in bytes.map { AuditHead(seq: Int64(seq), hash: $0) } }
        let verification = try await self.audit.verify(try context.requireDeveloper(), against: witness)
        return .json(AuditJSON.verification(verification))
    }
}
