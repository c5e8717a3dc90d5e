/// What proves to another service who we are.
public enum ServiceCredentials: Sendable {
    /// Nothing in the request: the network vouches for us, or the certificate of the connection does
    /// (``ServiceTransport/Identity``).
    case connection
    /// A token in each request; asked for each time, so that it may change while the program runs.
    case bearer(@Sendable () async throws -> String)

    /// A token that never changes.
    public static func token(_ token: String) -> ServiceCredentials { .bearer { token } }
}
