import Accounts
import Content
import Digests
import FoundationEssentials
import Postgres
import Storefront
import TestKit
import Testing

@testable import Access

@Suite("Keys and companies in the database")
struct AccessDatabaseTests {
    static let pepper = [UInt8](repeating: 7, count: 32)

    struct Fixture {
        let database: Database
        let accounts: Accounts
        let keys: APIKeys
        let access: Access
        let tokens: TokenFixture

        init(_ url: String) async throws {
            self.database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            self.accounts = Accounts(database: self.database)
            self.keys = APIKeys(database: self.database, pepper: AccessDatabaseTests.pepper)
            self.tokens = try await TokenFixture()
            self.access = Access(
                tokens: self.tokens.verifier, keys: self.keys, accounts: self.accounts,
                policy: RolePolicy(profile: .literal))
        }

        func company(_ name: String, by user: UserID = UserID(UUID())) async throws -> DeveloperID {
            try await self.accounts.register(name: name, legalDetails: nil, by: user).id
        }

        func identity(_ user: UserID, developer: DeveloperID? = nil) -> Identity {
            .user(TokenClaims(user: user, developer: developer, expiresAt: TokenFixture.now))
        }
    }

    private func withFixture(_ body: (Fixture) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let fixture = try await Fixture(url)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(fixture))
            } catch {
                outcome = .failure(error)
            }
            await fixture.database.close()
            try outcome.get()
        }
    }

    @Test("a key opens its company with its scopes, is kept as a hash only, and remembers its last use")
    func keyLife() async throws {
        try await withFixture { fixture in
            let developer = try await fixture.company("A")
            let (record, key) = try await fixture.keys.create(
                APIKeyTerms(name: "ci", scopes: [.buildsWrite], expiresAt: nil, games: nil, networks: [], trust: nil),
                for: developer, by: nil)
            #expect(record.lastUsedAt == nil && record.isActive && record.prefix == key.lookup)

            let identity = try await fixture.access.identify(.key(key.text), from: nil, now: Date())
            let principal = try await fixture.access.principal(for: identity, requested: nil)
            #expect(principal.developer == developer && principal.kind == .key(record.id) && principal.role == nil)
            #expect(principal.permissions == [.buildsWrite, .buildsStatus])

            let row = try #require(
                try await fixture.database.row(
                    "SELECT api_key_hash, key_prefix, last_used_at FROM developer_api_keys"))
            let hash: String = try row("api_key_hash")
            #expect(
                hash == Hexadecimal.encode(HMACSHA256.authenticate(Array(key.text.utf8), key: Self.pepper)))
            let usedAt: Date? = try row("last_used_at")
            #expect(usedAt != nil)

            // Within the minute nothing is written again.
            _ = try await fixture.access.identify(.key(key.text), from: nil, now: Date())
            #expect(try await fixture.keys.list(of: developer).first?.lastUsedAt == usedAt)

            #expect(try await fixture.keys.revoke(record.id, of: developer))
            await #expect(throws: AccessError.keyRejected) {
                try await fixture.access.identify(.key(key.text), from: nil, now: Date())
            }
            let listed = try #require(try await fixture.keys.list(of: developer).first)
            #expect(!listed.isActive)
            #expect(try await fixture.keys.revoke(record.id, of: developer))
        }
    }

    @Test("expired keys, keys under another pepper, and keys nobody made are refused alike")
    func refusedKeys() async throws {
        try await withFixture { fixture in
            let developer = try await fixture.company("A")
            let (_, expired) = try await fixture.keys.create(
                APIKeyTerms(
                    name: nil, scopes: [], expiresAt: Date().addingTimeInterval(-1), games: nil, networks: [],
                    trust: nil), for: developer, by: nil)
            let (_, good) = try await fixture.keys.create(
                APIKeyTerms(
                    name: nil, scopes: [], expiresAt: Date().addingTimeInterval(600), games: nil, networks: [],
                    trust: nil), for: developer, by: nil)
            let other = APIKeys(database: fixture.database, pepper: [UInt8](repeating: 8, count: 32))
            #expect(try await other.authenticate(good) == nil)
            let invented = try APIKeyText.generate()
            for text in [expired.text, invented.text, "gsd_live_x", ""] {
                await #expect(throws: AccessError.keyRejected) {
                    try await fixture.access.identify(.key(text), from: nil, now: Date())
                }
            }
        }
    }

    @Test("nobody revokes or lists another company's key")
    func foreignKeys() async throws {
        try await withFixture { fixture in
            let (mine, theirs) = (try await fixture.company("A"), try await fixture.company("B"))
            let (record, key) = try await fixture.keys.create(
                APIKeyTerms(name: nil, scopes: [], expiresAt: nil, games: nil, networks: [], trust: nil), for: mine,
                by: nil)
            #expect(try await !fixture.keys.revoke(record.id, of: theirs))
            #expect(try await fixture.keys.list(of: theirs).isEmpty)
            let identity = try await fixture.access.identify(.key(key.text), from: nil, now: Date())
            await #expect(throws: AccessError.notAMember) {
                try await fixture.access.principal(for: identity, requested: theirs)
            }
        }
    }

    @Test("the company is the token's, else the request's, else the only one")
    func selection() async throws {
        try await withFixture { fixture in
            let user = UserID(UUID())
            await #expect(throws: AccessError.noCompany) {
                try await fixture.access.principal(for: fixture.identity(user), requested: nil)
            }
            let first = try await fixture.company("First", by: user)
            let only = try await fixture.access.principal(for: fixture.identity(user), requested: nil)
            #expect(only.developer == first && only.role == .admin && only.user == user)

            let second = try await fixture.company("Second", by: user)
            let error = await #expect(throws: AccessError.self) {
                try await fixture.access.principal(for: fixture.identity(user), requested: nil)
            }
            guard case .companySelectionRequired(let memberships)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(memberships.map(\.company) == [first, second])
            #expect(
                try await fixture.access.principal(for: fixture.identity(user), requested: second).developer == second)
            #expect(
                try await fixture.access.principal(for: fixture.identity(user, developer: first), requested: second)
                    .developer == first)
            await #expect(throws: AccessError.notAMember) {
                try await fixture.access.principal(for: fixture.identity(user), requested: DeveloperID(UUID()))
            }
        }
    }

    @Test("a role holds from the next request on, and so does its loss")
    func roles() async throws {
        try await withFixture { fixture in
            let developer = try await fixture.company("A")
            let user = UserID(UUID())
            #expect(try await fixture.accounts.add(user, as: .finance, to: developer))
            let finance = try await fixture.access.principal(for: fixture.identity(user), requested: nil)
            #expect(throws: AccessError.forbidden(.gamesWrite, role: .finance, roles: [.admin, .developer])) {
                try fixture.access.require(.gamesWrite, of: finance)
            }
            _ = try await fixture.accounts.setRole(.developer, of: user, in: developer)
            let writer = try await fixture.access.principal(for: fixture.identity(user), requested: nil)
            try fixture.access.require(.gamesWrite, of: writer)
            #expect(try await fixture.accounts.remove(user, from: developer))
            await #expect(throws: AccessError.noCompany) {
                try await fixture.access.principal(for: fixture.identity(user), requested: nil)
            }
        }
    }

    @Test("what is missing to a key is a scope, and some no key can have")
    func scopes() async throws {
        try await withFixture { fixture in
            let developer = try await fixture.company("A")
            let principal = Principal(
                kind: .key(APIKeyID(UUID())), developer: developer, role: nil, permissions: [], verification: .pending,
                isSuspended: false, games: nil)
            #expect(throws: AccessError.scopeMissing(.buildsRead, isGrantable: true)) {
                try fixture.access.require(.buildsRead, of: principal)
            }
            #expect(throws: AccessError.scopeMissing(.teamWrite, isGrantable: false)) {
                try fixture.access.require(.teamWrite, of: principal)
            }
        }
    }
}
