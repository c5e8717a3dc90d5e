import HTTPTypes
import Storefront

extension RouteTable {
    /// What the service says of itself.
    static let service: [RouteDeclaration] = [
        root(.getLiveness, .get, "/livez", "Whether the process lives", 200, "Health"),
        root(.getReadiness, .get, "/readyz", "Whether what it needs is there", 200, "Health"),
        root(.getMetrics, .get, "/metrics", "Metrics for Prometheus", 200, nil),
        root(.getManifestKeys, .get, "/.well-known/slipway-keys.json", "Keys that sign manifests", 200, "ManifestKeys"),
        root(.getTokenKeys, .get, "/.well-known/jwks.json", "Keys of the development issuer", 200, "JSONWebKeySet"),
        root(.getDocumentation, .get, "/docs", "This documentation", 200, nil),
        root(.getOpenAPI, .get, "/openapi.json", "This document", 200, nil),
    ]
}
