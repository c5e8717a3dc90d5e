import Configuration
import ObjectStore

/// Where the bytes are kept.
enum StoreSettings: Sendable {
    /// `SLIPWAY_STORE=directory` (the default) and `SLIPWAY_STORE_DIRECTORY`.
    case directory(String)
    /// `SLIPWAY_STORE=s3`, `SLIPWAY_S3_ENDPOINT`, `SLIPWAY_S3_BUCKET`, `SLIPWAY_S3_REGION`, `SLIPWAY_S3_PATH_STYLE`,
    /// `SLIPWAY_S3_CA_FILE` (the PEM file of a house's own authority), `SLIPWAY_S3_PARTS_IN_FLIGHT` (of one upload; some
    /// stores allow 3). Credentials are found as the AWS tools find them.
    case s3(S3Configuration, authority: String?)

    init(reading config: ConfigReader, data: String) throws {
        switch config.string(forKey: "store", default: "directory") {
        case "directory":
            self = .directory(config.string(forKey: "store.directory", default: "\(data)/store"))
        case "s3":
            let text = try Settings.required("s3.endpoint", in: config)
            guard let endpoint = S3Endpoint(text) else {
                throw SettingsError.invalid(
                    "SLIPWAY_S3_ENDPOINT", "\(text) is not a URL such as https://s3.example.com")
            }
            var configuration = S3Configuration(
                endpoint: endpoint, region: config.string(forKey: "s3.region", default: "us-east-1"),
                bucket: try Settings.required("s3.bucket", in: config),
                addressing: config.bool(forKey: "s3.path.style", default: true) ? .path : .virtualHost)
            let parts = config.int(forKey: "s3.parts.in.flight", default: configuration.maximumPartsInFlight)
            guard (1...64).contains(parts) else {
                throw SettingsError.invalid("SLIPWAY_S3_PARTS_IN_FLIGHT", "\(parts) is not from 1 to 64")
            }
            configuration.maximumPartsInFlight = parts
            self = .s3(configuration, authority: config.string(forKey: "s3.ca.file"))
        case let other:
            throw SettingsError.invalid("SLIPWAY_STORE", "\(other) is neither `directory` nor `s3`")
        }
    }
}
