public import Access
public import Hummingbird
import Logging
public import NIOCore
import Synchronization

/// What is known of a request while it is answered.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The connection, to close it under a client that takes nothing.
    public let channel: any Channel
    /// Echoed to the client; in every log line.
    public internal(set) var requestID = ""
    public internal(set) var trace = TraceContext.fresh()
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

/// What inner layers tell the access log, which stands outside of them.
final class RequestNotes: Sendable {
    private let values = Mutex<Logger.Metadata>([:])

    func note(_ key: String, _ value: String) { self.values.withLock { $0[key] = .string(value) } }

    var all: Logger.Metadata { self.values.withLock { $0 } }
}
