import AsyncHTTPClient
import NIOCore
import Storefront

/// Looks at where a studio's webhook really leads before anything is sent there (OWASP, SSRF prevention).
///
/// The name is resolved once, the address is looked at, and the connection goes to that very address: a name that means
/// another machine a moment later gets nobody anywhere. Redirects are never followed.
public struct WebhookGate: Sendable {
    /// Why nothing is sent.
    enum Refusal: Error, Equatable, CustomStringConvertible {
        case unusableURL
        case unresolvable(host: String)
        /// It leads into somebody's own network: ours, most of all.
        case notPublic(host: String)

        var description: String {
            switch self {
            case .unusableURL: "the URL is not one that events are sent to"
            case .unresolvable(let host): "the name \(host) leads nowhere"
            case .notPublic(let host): "the name \(host) leads to an address that is not public"
            }
        }
    }

    private let isDevelopment: Bool
    private let resolve: @Sendable (_ host: String, _ port: Int) -> IPAddress?

    /// - Parameter isDevelopment: whether private addresses and plain HTTP will do.
    public init(isDevelopment: Bool) {
        self.init(isDevelopment: isDevelopment) { host, port in
            (try? SocketAddress.makeAddressResolvingHost(host, port: port))?.ipAddress.flatMap(IPAddress.init)
        }
    }

    init(isDevelopment: Bool, resolve: @escaping @Sendable (String, Int) -> IPAddress?) {
        self.isDevelopment = isDevelopment
        self.resolve = resolve
    }

    /// How to reach an endpoint; blocks while its name is resolved.
    func configuration(for text: String) throws -> HTTPClient.Configuration {
        guard let url = WebhookURL(text, isDevelopment: self.isDevelopment) else { throw Refusal.unusableURL }
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: .seconds(15)))
        guard url.address == nil else { return configuration }
        guard let address = self.resolve(url.host, url.port) else { throw Refusal.unresolvable(host: url.host) }
        guard self.isDevelopment || address.isPublic else { throw Refusal.notPublic(host: url.host) }
        configuration.dnsOverride = [url.host: address.description]
        return configuration
    }
}
