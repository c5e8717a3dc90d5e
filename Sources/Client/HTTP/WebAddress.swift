/// An `http` or `https` URL, taken apart far enough to resolve references and compare origins.
///
/// Carries no user name or password: they would end in logs.
public struct WebAddress: Hashable, Sendable {
    /// `http` or `https`.
    public let scheme: String
    /// Host, and port when it is not the scheme's own; lower case.
    public let authority: String
    /// Path and query; begins with a slash.
    public let path: String

    /// - Returns: nil when the text is no absolute http or https URL, or names a user.
    public init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<end].lowercased()
        let isUsable = authority.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }
        guard !authority.isEmpty, isUsable, rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        let ownPort = scheme == "http" ? ":80" : ":443"
        if authority.hasSuffix(ownPort) { authority.removeLast(ownPort.count) }
        let path = String(rest[end...])
        self.init(scheme: scheme, authority: authority, path: path.hasPrefix("/") ? path : "/" + path)
    }

    private init(scheme: String, authority: String, path: String) {
        self.scheme = scheme
        self.authority = authority
        self.path = path
    }

    /// The URL as text.
    public var text: String { "\(self.scheme)://\(self.authority)\(self.path)" }

    /// The URL without its query, which may be a secret: for messages.
    public var publicText: String { "\(self.scheme)://\(self.authority)\(self.path.prefix { $0 != "?" })" }

    /// Whether both are served by the same host, port and scheme, so that one may see the other's credentials.
    public func hasSameOrigin(as other: WebAddress) -> Bool {
        self.scheme == other.scheme && self.authority == other.authority
    }

    /// A URL below this one.
    ///
    /// - Parameter suffix: begins with a slash; already percent-encoded.
    public func appending(_ suffix: String) -> WebAddress {
        let base = self.path.hasSuffix("/") ? String(self.path.dropLast()) : self.path
        return WebAddress(scheme: self.scheme, authority: self.authority, path: base + suffix)
    }

    /// What a reference in an answer from this address means (RFC 3986 §5, without dot segments).
    ///
    /// - Returns: nil when it is another kind of URL.
    public func resolving(_ reference: String) -> WebAddress? {
        if reference.contains("://") && !reference.hasPrefix("/") { return WebAddress(reference) }
        if reference.hasPrefix("//") { return WebAddress("\(self.scheme):\(reference)") }
        if reference.hasPrefix("/") { return WebAddress("\(self.scheme)://\(self.authority)\(reference)") }
        let folder = self.path.prefix { $0 != "?" }
        let slash = folder.lastIndex(of: "/") ?? folder.startIndex
        return WebAddress("\(self.scheme)://\(self.authority)\(folder[..<slash])/\(reference)")
    }

    /// Text as one component of a path or one value of a query: all but the unreserved characters is encoded.
    public static func encode(_ text: String) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
