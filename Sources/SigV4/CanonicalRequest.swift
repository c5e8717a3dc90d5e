/// The one spelling of a request that both sides sign.
///
/// "Create a canonical request", AWS General Reference, with the rules of S3: each byte of the path is encoded once and
/// nothing is normalised.
public struct CanonicalRequest: Equatable, Sendable {
    public let text: String

    /// Lower-case names, ordered, joined by semicolons.
    public let signedHeaders: String

    /// The encoded query, ordered by its encoded pairs; also the query to send.
    public let query: String

    /// The encoded path, to be sent as it is.
    public let path: String

    /// - Parameter payload: what stands for the body, such as ``PayloadHash/text``.
    public init(_ request: UnsignedRequest, payload: String) {
        self.path = PercentEncoding.path(request.path)
        self.query = Self.canonicalQuery(request.query)

        var headers = request.headers.map { (name: $0.name.lowercased(), value: Self.canonicalValue($0.value)) }
        headers.append(("host", request.host))
        headers.sort { $0.name < $1.name }
        self.signedHeaders = headers.map(\.name).joined(separator: ";")

        var text = "\(request.method)\n\(self.path)\n\(self.query)\n"
        for header in headers { text += "\(header.name):\(header.value)\n" }
        self.text = text + "\n\(self.signedHeaders)\n\(payload)"
    }

    static func canonicalQuery(_ fields: [UnsignedRequest.Field]) -> String {
        fields
            .map { (name: PercentEncoding.query($0.name), value: PercentEncoding.query($0.value)) }
            .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }

    /// Outer space gone, inner runs of spaces made one.
    private static func canonicalValue(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
