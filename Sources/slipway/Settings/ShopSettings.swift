import Configuration
import Jobs
import Releases
import Storefront

/// How games are shown and released.
struct ShopSettings: Sendable {
    /// `SLIPWAY_MEDIA_URL`: what the addresses of media files begin with, without a slash at its end; this server's own by
    /// default. A host of its own keeps what studios upload apart from the API.
    var mediaURL: String?
    /// `SLIPWAY_READINESS`: `lenient` or `strict`; `SLIPWAY_PUBLISH_UNVERIFIED`, `SLIPWAY_KEYS_PUBLISH`: true or false.
    var policy: ReleasePolicy
    /// `SLIPWAY_KEEP_FAILED_DAYS`.
    var retention: Retention

    init(reading config: ConfigReader) throws {
        self.mediaURL = config.string(forKey: "media.url")
        let word = config.string(forKey: "readiness", default: Readiness.Profile.lenient.rawValue)
        guard let profile = Readiness.Profile(rawValue: word) else {
            throw SettingsError.invalid("SLIPWAY_READINESS", "\(word) is neither lenient nor strict")
        }
        self.policy = ReleasePolicy(
            readiness: profile,
            requiresVerifiedCompany: !config.bool(forKey: "publish.unverified", default: false),
            keysMayPublishPublicly: config.bool(forKey: "keys.publish", default: false))
        let days = config.int(forKey: "keep.failed.days", default: 7)
        guard (0...36_500).contains(days) else {
            throw SettingsError.invalid("SLIPWAY_KEEP_FAILED_DAYS", "\(days) is not 0 to 36500")
        }
        self.retention = Retention(failedVersions: .seconds(days * 86_400))
    }
}
