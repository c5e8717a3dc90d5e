import Storefront
import Testing

@Suite("Roles and permissions")
struct RolePolicyTests {
    /// The matrix of the requirements, one letter a role that has the permission: (a)dmin (d)eveloper (m)arketing (f)inance.
    static let literal: [(Permission, String)] = [
        (.accountRead, "admf"), (.accountWrite, "a"), (.documentsWrite, "a"), (.teamRead, "admf"), (.teamWrite, "a"),
        (.gamesRead, "admf"), (.gamesWrite, "ad"), (.buildsStatus, "admf"), (.buildsRead, "ad"), (.buildsWrite, "ad"),
        (.metadataRead, "admf"), (.metadataWrite, "adm"), (.mediaWrite, "adm"), (.pricingRead, "admf"),
        (.pricingWrite, "adm"), (.promotionsWrite, "am"), (.releasesSubmit, "ad"), (.releasesPublish, "ad"),
        (.analyticsRead, "admf"), (.financeRead, "af"), (.financePayout, "af"), (.financeSettings, "af"),
        (.keysManage, "a"), (.webhooksManage, "a"), (.eventsRead, "ad"), (.sdkRead, "adm"),
        (.auditRead, "af"),
    ]

    static func roles(_ letters: String) -> [Role] {
        Role.allCases.filter { letters.contains($0.rawValue.prefix(1)) }
    }

    @Test("the table names every permission")
    func tableIsComplete() { #expect(Set(Self.literal.map(\.0)) == Set(Permission.allCases)) }

    @Test("TM-2: each permission belongs to exactly the roles of the matrix", arguments: RolePolicyTests.literal)
    func literalProfile(permission: Permission, letters: String) {
        #expect(RolePolicy(profile: .literal).roles(having: permission) == Self.roles(letters))
    }

    @Test("the strict profile takes prices and publishing from developers, and nothing else")
    func strictProfile() {
        let strict = RolePolicy(profile: .strict), literal = RolePolicy(profile: .literal)
        #expect(
            literal.permissions(of: .developer).subtracting(strict.permissions(of: .developer))
                == [.pricingWrite, .releasesPublish])
        for role in Role.allCases where role != .developer {
            #expect(strict.permissions(of: role) == literal.permissions(of: role))
        }
    }

    @Test("the names of permissions are what keys in the database carry")
    func stableNames() {
        #expect(
            Permission.allCases.map(\.rawValue).sorted() == [
                "account:read", "account:write", "analytics:read", "apikeys:manage", "audit:read", "builds:read",
                "builds:status", "builds:write", "documents:write", "events:read", "finance:payout", "finance:read",
                "finance:settings",
                "games:read", "games:write", "media:write", "metadata:read", "metadata:write", "pricing:read",
                "pricing:write", "promotions:write", "releases:publish", "releases:submit", "sdk:read", "team:read",
                "team:write", "webhooks:manage",
            ])
    }
}

@Suite("Scopes of keys")
struct ScopeTests {
    @Test(
        "no key touches the team, keys, webhooks, money or prices, whatever its row says",
        arguments: [
            Permission.accountWrite, .teamRead, .teamWrite, .keysManage, .webhooksManage, .financeSettings,
            .financePayout,
            .financeRead, .pricingWrite, .gamesWrite, .documentsWrite, .auditRead,
        ])
    func notGrantable(permission: Permission) {
        #expect(!permission.isGrantableToKeys)
        #expect(Permission.effective(scopes: [permission]).isEmpty)
    }

    @Test("a key that sends builds sees their status, but not their content")
    func buildsWrite() {
        #expect(Permission.effective(scopes: [.buildsWrite]) == [.buildsWrite, .buildsStatus])
        #expect(Permission.effective(scopes: [.buildsRead]) == [.buildsRead, .buildsStatus])
    }

    @Test("no scopes are no rights")
    func empty() { #expect(Permission.effective(scopes: []).isEmpty) }
}
