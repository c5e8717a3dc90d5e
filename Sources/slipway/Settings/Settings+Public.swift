import ClamAV
import Content
import Finance
import Storefront

extension Settings {
    /// What an operator may read of it through the API: where things are, and how many, but no secret.
    ///
    /// URLs of databases carry passwords, so of those only the host's part is shown.
    var published: JSONObject {
        JSONObject([
            ("database", .string(Self.withoutCredentials(self.databaseURL))),
            ("database_connections", .integer(self.databaseConnections)),
            ("listen", .string("\(self.host):\(self.port)")),
            ("public_url", .string(self.publicURL)), ("data_directory", .string(self.dataDirectory)),
            ("store", .string(self.storeName)), ("signature_directory", .string(self.signatureDirectory)),
            ("jwks_url", .text(self.tokens.jwksURL)), ("jwt_issuer", .string(self.tokens.issuer)),
            ("jwt_audience", .string(self.tokens.audience)),
            (
                "slots",
                .object(JSONObject(self.slots.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) }))
            ),
            ("patch_versions", .integer(self.patchVersions)),
            ("scan_waivers", .array(self.scanWaivers.map(\.rawValue).sorted().map { .string($0) })),
            ("maximum_build_bytes", .integer(self.maximumBuild.bytes)),
            ("events_url", .text(self.services.everything?.url)),
            (
                "services",
                .object(
                    JSONObject(
                        self.services.places.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                            ($0.key.rawValue, .string($0.value.url))
                        }))
            ),
            (
                "payout_minimums",
                .array(self.money.payouts.minimums.values.sorted { $0.currency < $1.currency }.map(\.json))
            ),
        ])
    }

    private var storeName: String {
        switch self.store {
        case .directory(let path): "directory \(path)"
        case .s3(let endpoint, let bucket, let region, _): "s3 \(endpoint), bucket \(bucket), region \(region)"
        }
    }

    /// `postgresql://host/name`, without user, password and options; libpq's other form is not shown at all.
    static func withoutCredentials(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://"), url.hasPrefix("postgres") else { return "postgresql" }
        let rest = url[scheme.upperBound...].prefix { $0 != "?" }
        let place = rest.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return "postgresql://\(place)"
    }
}
