/// Which role may do what.
///
/// The one table behind every route.
public struct RolePolicy: Equatable, Sendable {
    /// The two readings of "the developer sets prices".
    public enum Profile: String, CaseIterable, Sendable {
        /// As the specification says it: developers set prices and publish.
        case literal
        /// Prices are marketing's, publishing is the admin's.
        case strict
    }

    public let profile: Profile

    public init(profile: Profile) { self.profile = profile }

    /// Everything the role may do.
    public func permissions(of role: Role) -> Set<Permission> {
        switch role {
        case .admin: Set(Permission.allCases)
        case .developer:
            Self.everybody.union(Self.developer).union(self.profile == .literal ? Self.literalDeveloper : [])
        case .marketing: Self.everybody.union(Self.marketing)
        case .finance: Self.everybody.union(Self.finance)
        }
    }

    /// Roles that have a permission, in the order of ``Role/allCases``.
    public func roles(having permission: Permission) -> [Role] {
        Role.allCases.filter { self.permissions(of: $0).contains(permission) }
    }

    private static let everybody: Set<Permission> = [
        .accountRead, .teamRead, .gamesRead, .buildsStatus, .metadataRead, .pricingRead, .analyticsRead,
    ]
    private static let developer: Set<Permission> = [
        .gamesWrite, .buildsRead, .buildsWrite, .metadataWrite, .mediaWrite, .releasesSubmit, .eventsRead, .sdkRead,
    ]
    private static let literalDeveloper: Set<Permission> = [.pricingWrite, .releasesPublish]
    private static let marketing: Set<Permission> = [
        .metadataWrite, .mediaWrite, .pricingWrite, .promotionsWrite, .sdkRead,
    ]
    private static let finance: Set<Permission> = [
        .financeRead, .financePayout, .financeSettings, .auditRead,
    ]
}
