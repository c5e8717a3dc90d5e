/// One right, as it is named in scopes of API keys, in the route table and in the documentation.
///
/// The raw values are stable: they are stored in `developer_api_keys.permissions`.
public enum Permission: String, CaseIterable, Hashable, Sendable {
    case accountRead = "account:read"
    case accountWrite = "account:write"
    case documentsWrite = "documents:write"
    case teamRead = "team:read"
    case teamWrite = "team:write"
    case gamesRead = "games:read"
    case gamesWrite = "games:write"
    /// Versions, their status and their jobs, but nothing of what is in them.
    case buildsStatus = "builds:status"
    /// The content of versions: manifest, files, packs, patches.
    case buildsRead = "builds:read"
    case buildsWrite = "builds:write"
    case metadataRead = "metadata:read"
    case metadataWrite = "metadata:write"
    case mediaWrite = "media:write"
    case pricingRead = "pricing:read"
    case pricingWrite = "pricing:write"
    case promotionsWrite = "promotions:write"
    case releasesSubmit = "releases:submit"
    case releasesPublish = "releases:publish"
    case analyticsRead = "analytics:read"
    case financeRead = "finance:read"
    case financePayout = "finance:payout"
    case financeSettings = "finance:settings"
    case keysManage = "apikeys:manage"
    case webhooksManage = "webhooks:manage"
    /// Everything that happens to the company, by pages or as a stream.
    case eventsRead = "events:read"
    case sdkRead = "sdk:read"
    case auditRead = "audit:read"
}

extension Permission {
    /// Whether an API key may carry it.
    ///
    /// A key never touches the team, other keys, webhook secrets or money.
    public var isGrantableToKeys: Bool {
        switch self {
        case .gamesRead, .buildsStatus, .buildsRead, .buildsWrite, .metadataRead, .metadataWrite, .mediaWrite,
            .pricingRead,
            .releasesSubmit, .releasesPublish, .analyticsRead, .eventsRead, .sdkRead:
            true
        case .accountRead, .accountWrite, .documentsWrite, .teamRead, .teamWrite, .gamesWrite, .pricingWrite,
            .promotionsWrite, .financeRead, .financePayout, .financeSettings, .keysManage, .webhooksManage, .auditRead:
            false
        }
    }

    /// What having this one brings along, itself not included: whoever sends a build must see what becomes of it.
    public var implied: Set<Permission> {
        switch self {
        case .buildsRead, .buildsWrite: [.buildsStatus]
        case .metadataWrite: [.metadataRead]
        case .accountRead, .accountWrite, .documentsWrite, .teamRead, .teamWrite, .gamesRead, .gamesWrite,
            .buildsStatus,
            .metadataRead, .mediaWrite, .pricingRead, .pricingWrite, .promotionsWrite, .releasesSubmit,
            .releasesPublish,
            .analyticsRead, .financeRead, .financePayout, .financeSettings, .keysManage, .webhooksManage, .eventsRead,
            .sdkRead, .auditRead:
            []
        }
    }

    /// Scopes a key may be given, in the order they are documented.
    public static let grantableToKeys = Permission.allCases.filter(\.isGrantableToKeys)

    /// What a key with these scopes may do: the scopes that keys may carry, and what they imply.
    public static func effective(scopes: some Sequence<Permission>) -> Set<Permission> {
        var permissions: Set<Permission> = []
        for scope in scopes where scope.isGrantableToKeys {
            permissions.insert(scope)
            permissions.formUnion(scope.implied)
        }
        return permissions
    }
}
