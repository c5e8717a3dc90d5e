import Configuration
import Jobs
import Releases
import Storefront

/// How games are shown and released.
struct ShopSettings: Sendable {
    /// `SLIPWAY_MEDIA_URL`: what the addresses of media files begin with, without a slash at its end; this server's own by
    /// default. A host of its own keeps what studios upload apart from the API.
    var mediaURL: String?
    /// `SLIPWAY_READINESS`: `lenient` or `strict`; `SLIPWAY_PUBLISH_UNVERIFIED`, `SLIPWAY_KEYS_PUBLISH`,
    /// `SLIPWAY_RECALL_INFECTED`: true or false.
    var policy: ReleasePolicy
    /// `SLIPWAY_KEEP_FAILED_DAYS`, `SLIPWAY_KEEP_AUDIT_DAYS`.
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
            keysMayPublishPublicly: config.bool(forKey: "keys.publish", default: false),
            recallsInfected: config.bool(forKey: "recall.infected", default: true))
        let days = config.int(forKey: "keep.failed.days", default: 7)
        guard (0...36_500).contains(days) else {
            throw SettingsError.invalid("SLIPWAY_KEEP_FAILED_DAYS", "\(days) is not 0 to 36500")
        }
        let auditDays = config.int(forKey: "keep.audit.days", default: 5 * 366)
        guard (365...36_500).contains(auditDays) else {
            throw SettingsError.invalid("SLIPWAY_KEEP_AUDIT_DAYS", "\(auditDays) is not 365 to 36500")
        }
        self.retention = Retention(
            failedVersions: .seconds(days * 86_400), auditLog: .seconds(auditDays * 86_400))
    }
}
