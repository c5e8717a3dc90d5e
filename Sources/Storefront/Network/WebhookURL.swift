/// Where a studio wants its events sent: a URL that could be meant well.
///
/// What its name resolves to is looked at again each time something is sent; this is what can be known without asking.
public struct WebhookURL: Hashable, Sendable {
    public let text: String
    public let isSecure: Bool
    /// In lower case; an address without its brackets.
    public let host: String
    public let port: Int

    /// The address, when the host is one.
    public var address: IPAddress? { IPAddress(self.host) }

    /// Ports that web servers have; the others belong to mail, databases and shells.
    private static let ports: Set<Int> = [80, 443, 8000, 8080, 8443]

    /// - Parameter isDevelopment: whether plain HTTP, any port and any address will do.
    /// - Returns: nil for what is no such URL.
    public init?(_ text: String, isDevelopment: Bool) {
        guard text.utf8.count <= 2000, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        let scheme: String
        if text.lowercased().hasPrefix("https://") {
            scheme = "https://"
        } else if isDevelopment, text.lowercased().hasPrefix("http://") {
            scheme = "http://"
        } else {
            return nil
        }
        let rest = text.dropFirst(scheme.utf8.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@"), !rest.contains("#"),
            let (host, port) = Self.split(authority, usual: scheme == "https://" ? 443 : 80)
        else { return nil }
        guard isDevelopment || Self.ports.contains(port) else { return nil }
        self.text = text
        self.isSecure = scheme == "https://"
        self.host = host
        self.port = port
        if let address {
            guard isDevelopment || address.isPublic else { return nil }
        } else {
            guard Self.isName(host, isDevelopment: isDevelopment) else { return nil }
        }
    }

    private static func split(_ authority: Substring, usual: Int) -> (host: String, port: Int)? {
        var host = authority
        var port = usual
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            guard IPAddress(String(host))?.bytes.count != nil else { return nil }
            let rest = authority[authority.index(after: end)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":"), let number = Self.port(rest.dropFirst()) else { return nil }
                port = number
            }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            guard let number = Self.port(authority[authority.index(after: colon)...]) else { return nil }
            port = number
        }
        return (host.lowercased(), port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text),
            (1...65_535).contains(port)
        else { return nil }
        return port
    }

    /// A name of the public DNS: labels, and a last one that is no number, which some readers would take for an address.
    private static func isName(_ host: String, isDevelopment: Bool) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(host.utf8.count), labels.count >= (isDevelopment ? 1 : 2),
            let last = labels.last, last.utf8.contains(where: { !(0x30...0x39).contains($0) }), !last.hasPrefix("0x")
        else { return false }
        guard isDevelopment || !["localhost", "local", "internal", "localdomain", "home", "lan"].contains(last) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-")
                        || $0 == UInt8(ascii: "_")
                }
        }
    }
}
