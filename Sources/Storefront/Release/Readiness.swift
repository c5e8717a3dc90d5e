/// Whether a version can be handed in for review, and everything that is missing.
///
/// The list before a submission and the list in a refusal are the same one.
public struct Readiness: Hashable, Sendable {
    /// How much of the store page is asked for.
    public enum Profile: String, CaseIterable, Sendable {
        /// Gaps are warnings; moderation decides.
        case lenient
        /// Gaps block, and so does a company that is not verified.
        case strict
    }

    /// One thing that is missing or wrong.
    public struct Item: Hashable, Sendable {
        /// Stable, such as `description-missing`.
        public let code: String
        /// A JSON pointer: the resource, then the field, such as `/metadata/description`.
        public let pointer: String
        public let message: String

        public init(_ code: String, _ pointer: String, _ message: String) {
            self.code = code
            self.pointer = pointer
            self.message = message
        }
    }

    /// What stands in the way.
    public private(set) var blocking: [Item] = []
    /// What moderation may dislike.
    public private(set) var warnings: [Item] = []
    /// Whether what blocks is the build itself, and not only the store page.
    public private(set) var isBuildBlocked = false

    public var isReady: Bool { self.blocking.isEmpty }

    public init(_ facts: ReadinessFacts, profile: Profile) {
        for item in Self.build(facts) {
            self.blocking.append(item)
            self.isBuildBlocked = true
        }
        for item in Self.listing(facts) {
            if profile == .strict { self.blocking.append(item) } else { self.warnings.append(item) }
        }
    }

    private static func build(_ facts: ReadinessFacts) -> [Item] {
        guard let version = facts.version else {
            return [Item("version-missing", "/versions", "the game has no version yet")]
        }
        var items: [Item] = []
        if version.state != .ready {
            items.append(
                Item("version-not-ready", "/version/status", "the build is \(version.state.rawValue), not ready"))
        } else if !version.isScanClean {
            items.append(Item("scan-not-clean", "/version/scan", "not every file of the build has a clean verdict"))
        }
        if version.changelogLength > facts.longestChangelog {
            items.append(
                Item(
                    "changelog-too-long", "/version/changelog",
                    "the changelog has \(version.changelogLength) characters, \(facts.longestChangelog) are the most"))
        }
        return items
    }

    private static func listing(_ facts: ReadinessFacts) -> [Item] {
        var items: [Item] = []
        if !facts.isCompanyVerified {
            items.append(
                Item("company-not-verified", "/account/verification_status", "the company is not verified yet"))
        }
        if !facts.hasDescription {
            items.append(Item("description-missing", "/metadata/description", "there is no description"))
        }
        if !facts.hasShortDescription {
            items.append(
                Item("short-description-missing", "/metadata/short_description", "there is no short description"))
        }
        if !facts.hasAgeRating {
            items.append(Item("age-rating-missing", "/metadata/age_rating", "there is no age rating"))
        }
        if facts.screenshots == 0 {
            items.append(
                Item("screenshots-missing", "/metadata/media_urls/screenshots", "there is no screenshot that is ready"))
        }
        if !facts.hasPrice {
            items.append(Item("price-missing", "/pricing/base_price", "nobody has said what the game costs"))
        }
        return items
    }
}

/// What ``Readiness`` looks at.
public struct ReadinessFacts: Hashable, Sendable {
    public struct Version: Hashable, Sendable {
        public var state: VersionState
        /// Whether every file has a verdict of the scan, and none but clean ones.
        public var isScanClean: Bool
        /// In Unicode scalars.
        public var changelogLength: Int

        public init(state: VersionState, isScanClean: Bool, changelogLength: Int) {
            self.state = state
            self.isScanClean = isScanClean
            self.changelogLength = changelogLength
        }
    }

    /// Nil when the game has none.
    public var version: Version?
    public var isCompanyVerified = false
    public var hasDescription = false
    public var hasShortDescription = false
    public var hasAgeRating = false
    public var screenshots = 0
    public var hasPrice = false
    public var longestChangelog: Int

    public init(version: Version?, longestChangelog: Int) {
        self.version = version
        self.longestChangelog = longestChangelog
    }
}
