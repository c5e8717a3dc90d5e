/// What a listener hears.
public enum ListenEvent: Equatable, Sendable {
    case notification(Notification)

    /// Listening from now on, for the first time or again. What was sent before was not heard: look at the tables.
    case reconnected
}

/// What somebody sent by `NOTIFY channel, payload`, when their transaction was committed.
public struct Notification: Equatable, Sendable {
    public let channel: String

    /// Empty when none was given.
    public let payload: String

    public init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}
