import Access
import ClamAV
import Configuration
import Content
import Finance
import Jobs
import Storefront

/// What an operator configures, from the environment: each key is a variable of the name `SLIPWAY_…`.
struct Settings: Sendable {
    /// `SLIPWAY_DATABASE_URL`: postgresql://…; several hosts and target_session_attrs are passed through.
    var databaseURL: String
    /// `SLIPWAY_DATABASE_CONNECTIONS`.
    var databaseConnections: Int
    /// `SLIPWAY_HOST`, `SLIPWAY_PORT`: where to listen.
    var host: String
    var port: Int
    /// `SLIPWAY_PUBLIC_URL`: where clients reach us, without a slash at its end.
    var publicURL: String
    /// `SLIPWAY_DATA`: a directory for what may be lost: staging, temporary files.
    var dataDirectory: String
    var store: StoreSettings
    /// `SLIPWAY_KEYS`: a directory with the secrets: `manifest.pem`, `pepper`, `cursor`, `storage`, `envelope.keys`.
    var keysDirectory: String
    /// `SLIPWAY_SIGNATURES`: where freshclam puts its signatures.
    var signatureDirectory: String
    /// `SLIPWAY_SCANNER`: the slipway-scanner program; beside this one by default.
    var scannerPath: String?
    var tokens: TokenSettings
    /// `SLIPWAY_SLOTS`: attempts at a time in each pool, e.g. `scan=4,patch=1`.
    var slots: [String: Int]
    /// `SLIPWAY_PATCH_VERSIONS`: how many earlier versions a patch is made from.
    var patchVersions: Int
    var money: MoneySettings
    /// `SLIPWAY_SCAN_WAIVERS`: reasons for which an incomplete scan passes, e.g. `windows` for files over 2 GiB.
    var scanWaivers: Set<IncompleteReason>
    /// `SLIPWAY_MAX_BUILD_BYTES`.
    var maximumBuild: ByteCount
    /// `SLIPWAY_INGEST_CHECKPOINT_BYTES`: laid down from one checkpoint of an ingest to the next.
    var ingestCheckpoint: ByteCount
    /// `SLIPWAY_STAGING_RESERVE_BYTES`: kept free on the disk of the staging directory.
    var stagingReserve: ByteCount
    var shop: ShopSettings
    /// `SLIPWAY_RATES`: quotas in 10 s and in an hour, e.g. `read=1000/60000,write=300/10000`; `off` for none.
    var rates: RatePolicies
    /// Whether webhooks may lead into private networks, over plain HTTP: `slipway up`, or `SLIPWAY_PRIVATE_WEBHOOKS=true`.
    var isDevelopment: Bool
    /// `SLIPWAY_ACCOUNT_URL` and others: where the other services are.
    var services: ServiceSettings
    /// `SLIPWAY_CI_ISSUERS`: issuers of CI jobs' tokens that companies may trust, with their keys: `issuer=URL` by commas.
    var ciIssuers: [String: String]
    /// `SLIPWAY_TRUSTED_PROXIES`: networks whose `X-Forwarded-For` is believed, e.g. `10.0.0.0/8`.
    var trustedProxies: [IPNetwork]
    /// `SLIPWAY_UPLOAD_URL_SECONDS`: how long a signed address of a part is good; senders ask for new ones.
    var uploadURLLife: Duration
    /// `SLIPWAY_RESUMABLE_UPLOADS`: whether uploads may be sent by the IETF's draft of resumable uploads.
    var takesResumableUploads: Bool

    /// - Parameter home: where `up` lives; what it decides is not asked of the environment, all else may be configured there,
    ///   too.
    init(reading config: ConfigReader, home: DevelopmentHome? = nil) throws {
        let data = home?.directory ?? config.string(forKey: "data", default: "/var/lib/slipway")
        let host = home?.host ?? config.string(forKey: "host", default: "0.0.0.0")
        let port = home?.port ?? config.int(forKey: "port", default: 8080)
        self.databaseURL = try home?.databaseURL ?? Self.required("database.url", in: config)
        self.databaseConnections = config.int(forKey: "database.connections", default: 24)
        self.host = host
        self.port = port
        self.publicURL = config.string(forKey: "public.url", default: "http://127.0.0.1:\(port)")
        self.dataDirectory = data
        self.store = try StoreSettings(reading: config, data: data)
        self.keysDirectory = home?.keysDirectory ?? config.string(forKey: "keys", default: "\(data)/keys")
        self.signatureDirectory = config.string(forKey: "signatures", default: "/var/lib/clamav")
        self.scannerPath = config.string(forKey: "scanner")
        self.tokens = home == nil ? TokenSettings(reading: config) : .development
        self.slots = try Self.slots(config.string(forKey: "slots", default: ""))
        self.patchVersions = config.int(forKey: "patch.versions", default: 3)
        self.money = try MoneySettings(
            reading: config, base: home == nil ? .standard : MoneySettings.quickPolicy)
        self.scanWaivers = try Self.waivers(config.string(forKey: "scan.waivers", default: ""))
        self.maximumBuild = ByteCount(Int64(config.int(forKey: "max.build.bytes", default: 200 << 30)))
        self.ingestCheckpoint = ByteCount(
            Int64(
                config.int(forKey: "ingest.checkpoint.bytes", default: Int(IngestBuild.checkpoints.bytes))))
        self.stagingReserve = ByteCount(Int64(config.int(forKey: "staging.reserve.bytes", default: 1 << 30)))
        self.shop = try ShopSettings(reading: config)
        self.rates = try RatePolicies(setting: config.string(forKey: "rates", default: ""))
        self.isDevelopment = home != nil || config.bool(forKey: "private.webhooks", default: false)
        self.services = try ServiceSettings(reading: config)
        self.ciIssuers = try Self.issuers(config.string(forKey: "ci.issuers", default: Self.usualIssuers))
        self.trustedProxies = try Self.networks(config.string(forKey: "trusted.proxies", default: ""))
        self.uploadURLLife = .seconds(max(1, config.int(forKey: "upload.url.seconds", default: 900)))
        self.takesResumableUploads = config.bool(forKey: "resumable.uploads", default: false)
    }

    static func required(_ key: String, in config: ConfigReader) throws -> String {
        guard let value = config.string(forKey: ConfigKey(key)), !value.isEmpty else {
            throw SettingsError.missing(Self.variable(of: key))
        }
        return value
    }

    static func variable(of key: String) -> String {
        "SLIPWAY_" + key.uppercased().replacing(".", with: "_")
    }

    private static let usualIssuers = """
        https://token.actions.githubusercontent.com=https://token.actions.githubusercontent.com/.well-known/jwks
        """

    private static func issuers(_ text: String) throws -> [String: String] {
        try text.split(separator: ",").reduce(into: [:]) { issuers, pair in
            let halves = pair.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else {
                throw SettingsError.invalid("SLIPWAY_CI_ISSUERS", "\(pair) is not issuer=URL of its keys")
            }
            issuers[String(halves[0])] = String(halves[1])
        }
    }

    private static func networks(_ text: String) throws -> [IPNetwork] {
        try text.split(separator: ",").map { word in
            guard let network = IPNetwork(String(word)) else {
                throw SettingsError.invalid("SLIPWAY_TRUSTED_PROXIES", "\(word) is no network such as 10.0.0.0/8")
            }
            return network
        }
    }

    private static func waivers(_ text: String) throws -> Set<IncompleteReason> {
        Set(
            try text.split(separator: ",").map { word in
                guard let reason = IncompleteReason(rawValue: String(word)) else {
                    let known = IncompleteReason.allCases.map(\.rawValue).joined(separator: ", ")
                    throw SettingsError.invalid("SLIPWAY_SCAN_WAIVERS", "\(word) is none of \(known)")
                }
                return reason
            })
    }

    private static func slots(_ text: String) throws -> [String: Int] {
        var slots: [String: Int] = [:]
        for pair in text.split(separator: ",") {
            let halves = pair.split(separator: "=")
            guard halves.count == 2, let count = Int(halves[1]), (0...10_000).contains(count) else {
                throw SettingsError.invalid("SLIPWAY_SLOTS", "\(pair) is not of the form queue=count, 0 to 10000")
            }
            slots[String(halves[0])] = count
        }
        return slots
    }
}
