/// Where an S3 API lives: a scheme, a host and perhaps a port.
public struct S3Endpoint: Hashable, Sendable {
    /// Whether bytes on the way are protected by TLS.
    public let isSecure: Bool
    public let host: String

    /// Nil for the scheme's own.
    public let port: Int?

    public init(isSecure: Bool, host: String, port: Int?) {
        self.isSecure = isSecure
        self.host = host
        self.port = port == (isSecure ? 443 : 80) ? nil : port
    }

    public var scheme: String { self.isSecure ? "https" : "http" }

    var authority: String { self.port.map { "\(self.host):\($0)" } ?? self.host }

    /// The endpoint of Amazon's own store in a region.
    public static func amazon(region: String) -> S3Endpoint {
        S3Endpoint(isSecure: true, host: "s3.\(region).amazonaws.com", port: nil)
    }
}

extension S3Endpoint: LosslessStringConvertible {
    /// - Parameter description: `https://host`, `http://host:port` or `http://[::1]:port`; nothing may follow but one slash.
    public init?(_ description: String) {
        let isSecure = description.hasPrefix("https://")
        guard isSecure || description.hasPrefix("http://") else { return nil }
        var rest = description.dropFirst(isSecure ? 8 : 7)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.isEmpty, !rest.contains(where: { "/?#@ ".contains($0) }) else { return nil }

        let hostEnd =
            rest.hasPrefix("[") ? rest.firstIndex(of: "]").map { rest.index(after: $0) } : rest.firstIndex(of: ":")
        if rest.hasPrefix("["), hostEnd == nil { return nil }
        let host = rest[..<(hostEnd ?? rest.endIndex)]
        let tail = rest[host.endIndex...]
        guard !host.isEmpty else { return nil }
        if tail.isEmpty {
            self.init(isSecure: isSecure, host: String(host), port: nil)
        } else {
            guard tail.hasPrefix(":"), let port = Int(tail.dropFirst()), (1...65_535).contains(port) else { return nil }
            self.init(isSecure: isSecure, host: String(host), port: port)
        }
    }

    public var description: String { "\(self.scheme)://\(self.authority)" }
}
