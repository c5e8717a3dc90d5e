public import Access
public import Hummingbird
import Logging
public import NIOCore
public import Storefront
import Synchronization

/// What is known of a request while it is answered.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The connection, to close it under a client that takes nothing.
    public let channel: any Channel
    /// Echoed to the client; in every log line.
    public internal(set) var requestID = ""
    public internal(set) var trace = TraceContext.fresh()
    /// Where it comes from; nil when that is no address of the Internet.
    public internal(set) var address: IPAddress?
    /// Set on routes that need somebody.
    public internal(set) var identity: Identity?
    /// Set on routes that need a permission.
    public internal(set) var principal: Principal?
    let notes = RequestNotes()

    public init(source: Source) {
        self.coreContext = .init(source: source)
        self.channel = source.channel
    }
}

/// What inner layers tell those that stand outside of them: the access log, and who sends the headers.
final class RequestNotes: Sendable {
    private let values = Mutex<Logger.Metadata>([:])
    private let standing = Mutex<RateStanding?>(nil)

    func note(_ standing: RateStanding) { self.standing.withLock { $0 = standing } }

    /// Where the client stands in its quotas; nil when the request was not counted.
    var rates: RateStanding? { self.standing.withLock { $0 } }

    func note(_ key: String, _ value: String) { self.values.withLock { $0[key] = .string(value) } }

    var all: Logger.Metadata { self.values.withLock { $0 } }
}
