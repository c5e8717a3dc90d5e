import Configuration
import ObjectStore

/// Where the bytes are kept.
enum StoreSettings: Sendable {
    /// `SLIPWAY_STORE=directory` (the default) and `SLIPWAY_STORE_DIRECTORY`.
    case directory(String)
    /// `SLIPWAY_STORE=s3`, `SLIPWAY_S3_ENDPOINT`, `SLIPWAY_S3_BUCKET`, `SLIPWAY_S3_REGION`, `SLIPWAY_S3_PATH_STYLE`;
    /// credentials as the AWS tools have them.
    case s3(endpoint: S3Endpoint, bucket: String, region: String, pathStyle: Bool)

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
            self = .s3(
                endpoint: endpoint,
                bucket: try Settings.required("s3.bucket", in: config),
                region: config.string(forKey: "s3.region", default: "us-east-1"),
                pathStyle: config.bool(forKey: "s3.path.style", default: true))
        case let other:
            throw SettingsError.invalid("SLIPWAY_STORE", "\(other) is neither `directory` nor `s3`")
        }
    }
}
