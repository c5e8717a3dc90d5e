public import Access
public import Platform
public import Postgres
public import Storefront

/// What holds for every route, whatever it does.
public struct Conventions: Sendable {
    /// Puts an event into a transaction, with all that has to follow when it commits.
    public typealias Tell = @Sendable (OutgoingEvent, Transaction) async throws -> Void

    public var audit: AuditLog
    public var idempotency: IdempotencyStore
    public var rates: RateLimiter
    /// Proxies in front of us whose word on the client's address counts.
    public var trustedProxies: [IPNetwork]
    public var tell: Tell

    public init(
        audit: AuditLog, idempotency: IdempotencyStore, rates: RateLimiter, trustedProxies: [IPNetwork],
        tell: @escaping Tell
    ) {
        self.audit = audit
        self.idempotency = idempotency
        self.rates = rates
        self.trustedProxies = trustedProxies
        self.tell = tell
    }
}
