/// Who is doing what happens now, and from where, as the audit log tells it.
///
/// Bound to the task, like a logger: the API sets it for each request, so that a store deep below needs no parameter for it.
public struct AuditActor: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// A person; the identifier is Account Service's.
        case user
        /// An API key; the identifier is the key's, never the key.
        case key
        /// A service of the platform, by its name.
        case service
        /// This program by itself: a job, a timer.
        case system
    }

    public let kind: Kind
    public let identifier: String
    public let address: String?
    public let userAgent: String?
    public let requestID: String?
    /// The request's place in its trace (W3C Trace Context), for what it causes elsewhere.
    public let traceparent: String?

    public init(
        kind: Kind, identifier: String, address: String?, userAgent: String?, requestID: String?,
        traceparent: String? = nil
    ) {
        self.kind = kind
        self.identifier = identifier
        self.address = address
        self.userAgent = userAgent
        self.requestID = requestID
        self.traceparent = traceparent
    }

    public static let system = AuditActor(
        kind: .system, identifier: "slipway", address: nil, userAgent: nil, requestID: nil)

    /// The same, in a trace.
    public func traced(by traceparent: String) -> AuditActor {
        AuditActor(
            kind: self.kind, identifier: self.identifier, address: self.address, userAgent: self.userAgent,
            requestID: self.requestID, traceparent: traceparent)
    }

    /// Nobody in particular, until somebody is bound.
    @TaskLocal public static var current = AuditActor.system
}
