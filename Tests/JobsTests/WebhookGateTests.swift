import AsyncHTTPClient
import Storefront
import Testing

@testable import Jobs

@Suite("Where webhooks lead")
struct WebhookGateTests {
    private func gate(_ addresses: [String: String], isDevelopment: Bool = false) -> WebhookGate {
        WebhookGate(isDevelopment: isDevelopment) { host, _ in addresses[host].flatMap(IPAddress.init) }
    }

    @Test("row 58: a public name is pinned to the address that was looked at, and redirects are not followed")
    func pinned() throws {
        let configuration = try self.gate(["hooks.example.com": "93.184.216.34"])
            .configuration(for: "https://hooks.example.com/a")
        #expect(configuration.dnsOverride == ["hooks.example.com": "93.184.216.34"])
    }

    @Test(
        "row 58: a name that leads into a private network is refused when it is sent to",
        arguments: ["127.0.0.1", "10.1.1.1", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fd00::1"])
    func rebinding(address: String) {
        #expect(throws: WebhookGate.Refusal.notPublic(host: "rebind.example")) {
            try self.gate(["rebind.example": address]).configuration(for: "https://rebind.example/")
        }
    }

    @Test("what cannot be resolved and what is no such URL is refused; in development a private address will do")
    func others() throws {
        #expect(throws: WebhookGate.Refusal.unresolvable(host: "gone.example")) {
            try self.gate([:]).configuration(for: "https://gone.example/")
        }
        #expect(throws: WebhookGate.Refusal.unusableURL) { try self.gate([:]).configuration(for: "http://a.example/") }
        _ = try self.gate([:], isDevelopment: true).configuration(for: "http://127.0.0.1:9/")
        _ = try self.gate(["localhost": "127.0.0.1"], isDevelopment: true).configuration(for: "http://localhost:9/")
    }
}
