import HTTPTypes
import Hummingbird
import NIOCore
import Storefront

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .eTag
}

/// Finds out where a request comes from, behind proxies that we trust.
struct ClientAddress: Sendable {
    /// Proxies whose `X-Forwarded-For` is believed; anybody else's could say anything.
    let trusted: [IPNetwork]

    /// - Returns: nil when the connection has no address of the Internet.
    func of(_ request: Request, on channel: any Channel) -> IPAddress? {
        guard let peer = channel.remoteAddress?.ipAddress.flatMap(IPAddress.init) else { return nil }
        guard self.isTrusted(peer) else { return peer }
        let hops = request.headers[values: .forwardedFor].flatMap { $0.split(separator: ",") }
        var nearest = peer
        // Each proxy appends whom it heard from, so that the last one we do not trust is the client.
        for hop in hops.reversed().prefix(20) {
            guard let address = IPAddress(hop.filter { $0 != " " && $0 != "\t" }) else { return nearest }
            nearest = address
            guard self.isTrusted(address) else { return address }
        }
        return nearest
    }

    private func isTrusted(_ address: IPAddress) -> Bool { self.trusted.contains { $0.contains(address) } }
}
