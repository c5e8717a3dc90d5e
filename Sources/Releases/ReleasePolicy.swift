public import Storefront

/// How strict the rules of publishing are.
public struct ReleasePolicy: Sendable {
    /// Whether gaps of the store page block a submission, or are warnings.
    public var readiness: Readiness.Profile
    /// Whether only companies may publish that the platform has verified.
    public var requiresVerifiedCompany: Bool
    /// Whether API keys may publish to the public channel; if not, a person must.
    public var keysMayPublishPublicly: Bool
    /// Whether a version in which newer signatures find malware is taken back by itself; if not, a moderator must.
    public var recallsInfected: Bool
    /// In Unicode scalars.
    public var longestChangelog: Int

    public init(
        readiness: Readiness.Profile = .lenient, requiresVerifiedCompany: Bool = true,
        keysMayPublishPublicly: Bool = false, recallsInfected: Bool = true, longestChangelog: Int = 65_536
    ) {
        self.readiness = readiness
        self.requiresVerifiedCompany = requiresVerifiedCompany
        self.keysMayPublishPublicly = keysMayPublishPublicly
        self.recallsInfected = recallsInfected
        self.longestChangelog = longestChangelog
    }
}
