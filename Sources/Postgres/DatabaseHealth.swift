/// What a pool of connections is doing, at one moment.
public struct DatabaseHealth: Equatable, Sendable {
    /// The most that may be open.
    public var maximum = 0
    /// Made and not yet closed, in use or not.
    public var open = 0
    /// Open and free.
    public var idle = 0
    /// Tasks in line for a connection.
    public var waiting = 0
    /// Connections made since the start.
    public var connects = 0
    /// Attempts to connect that failed since the start.
    public var failedConnects = 0
    /// Tasks that got no connection in time since the start.
    public var acquireTimeouts = 0

    public init() {}
}
