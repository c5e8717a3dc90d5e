/// A request that can be sent as it is.
///
/// Whoever has it may do what it says: never log it.
public struct SignedRequest: Equatable, Sendable {
    public let method: String
    public let host: String

    /// Encoded.
    public let path: String

    /// Encoded, without the question mark; empty when there is none.
    public let query: String

    /// To be sent exactly so; the host is not among them.
    public let headers: [UnsignedRequest.Field]

    /// 64 lower-case hexadecimal digits; also the seed of ``ChunkSigner``.
    public let signature: String

    /// - Parameter scheme: `https` or `http`.
    public func url(scheme: String) -> String {
        "\(scheme)://\(self.host)\(self.path)\(self.query.isEmpty ? "" : "?\(self.query)")"
    }
}
