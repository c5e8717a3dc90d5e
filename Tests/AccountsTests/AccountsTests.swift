import Accounts
import Content
import FoundationEssentials
import Postgres
import Storefront
import TestKit
import Testing

@Suite("Companies and teams")
struct AccountsTests {
    private func withAccounts(_ body: (Accounts, Database) async throws -> Void) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(Accounts(database: database), database))
            } catch {
                outcome = .failure(error)
            }
            await database.close()
            try outcome.get()
        }
    }

    @Test("AC-1: a new company is pending and its founder is its administrator")
    func register() async throws {
        try await withAccounts { accounts, _ in
            let founder = UserID(UUID())
            let details: JSONValue = ["inn": "7707083893", "share": 19, "z": .null, "a": [true]]
            let company = try await accounts.register(name: "Студия", legalDetails: details, by: founder)
            #expect(company.name == "Студия" && company.verification == .pending && company.revision == 1)
            #expect(try await accounts.company(company.id) == company)
            let team = try await accounts.team(of: company.id)
            #expect(team.map(\.user) == [founder] && team.map(\.role) == [.admin])
            let memberships = try await accounts.memberships(of: founder)
            #expect(memberships.map(\.company) == [company.id] && memberships.map(\.companyName) == ["Студия"])
            #expect(try await accounts.company(DeveloperID(UUID())) == nil)
        }
    }

    @Test("legal details come back whatever numbers are in them, and however long")
    func extremeNumbers() async throws {
        try await withAccounts { accounts, _ in
            let digits = String(repeating: "7", count: 590)
            let numbers = [
                "1e308", "-1e-308", "\(digits)e308", "0.\(digits)e-308", "1E+2", "-0", "9223372036854775808",
            ]
            let details = try JSONParser.parse(Array("{\"n\":[\(numbers.joined(separator: ","))]}".utf8))
            let company = try await accounts.register(name: "A", legalDetails: details, by: UserID(UUID()))
            let kept = try #require(try await accounts.company(company.id)?.legalDetails)
            let again = try await accounts.update(
                company.id, CompanyChange(name: nil, legalDetails: .set(kept)), ifRevision: nil)
            #expect(again?.legalDetails == kept)
        }
    }

    @Test("a change counts up, leaves what is not named, and clears what is to be cleared")
    func update() async throws {
        try await withAccounts { accounts, _ in
            let company = try await accounts.register(name: "A", legalDetails: ["inn": "1"], by: UserID(UUID()))
            let renamed = try #require(
                try await accounts.update(company.id, CompanyChange(name: "B", legalDetails: nil), ifRevision: nil))
            #expect(renamed.name == "B" && renamed.legalDetails == ["inn": "1"] && renamed.revision == 2)
            #expect(renamed.updatedAt > company.updatedAt)
            let cleared = try #require(
                try await accounts.update(
                    company.id, CompanyChange(name: nil, legalDetails: .clear), ifRevision: 2))
            #expect(cleared.name == "B" && cleared.legalDetails == nil && cleared.revision == 3)
            await #expect(throws: AccountsError.stale(current: 3)) {
                try await accounts.update(company.id, CompanyChange(name: "C", legalDetails: nil), ifRevision: 2)
            }
            #expect(
                try await accounts.update(
                    DeveloperID(UUID()), CompanyChange(name: "C", legalDetails: nil), ifRevision: nil) == nil)
        }
    }

    @Test("a verified company that becomes another one is pending again, a renamed one is not")
    func verification() async throws {
        try await withAccounts { accounts, _ in
            let company = try await accounts.register(name: "A", legalDetails: ["inn": "1"], by: UserID(UUID()))
            let verified = try #require(try await accounts.decide(.verify, reason: "documents seen", on: company.id))
            #expect(verified.verification == .verified && verified.verifiedAt != nil)
            #expect(verified.verificationReason == "documents seen")
            await #expect(throws: InvalidTransition.self) {
                try await accounts.decide(.reject, reason: nil, on: company.id)
            }
            let same = try await accounts.update(
                company.id, CompanyChange(name: "B", legalDetails: .set(["inn": "1"])), ifRevision: nil)
            #expect(same?.verification == .verified)
            let other = try await accounts.update(
                company.id, CompanyChange(name: nil, legalDetails: .set(["inn": "2"])), ifRevision: nil)
            #expect(other?.verification == .pending)
        }
    }

    @Test("TM-4: a person is in a company once")
    func onceOnly() async throws {
        try await withAccounts { accounts, _ in
            let company = try await accounts.register(name: "A", legalDetails: nil, by: UserID(UUID())).id
            let user = UserID(UUID())
            #expect(try await accounts.add(user, as: .marketing, to: company))
            #expect(try await !accounts.add(user, as: .admin, to: company))
            #expect(try await accounts.role(of: user, in: company) == .marketing)
        }
    }

    @Test("EP-06, EP-07: the last administrator neither goes nor becomes less")
    func lastAdmin() async throws {
        try await withAccounts { accounts, _ in
            let founder = UserID(UUID()), second = UserID(UUID())
            let company = try await accounts.register(name: "A", legalDetails: nil, by: founder).id
            await #expect(throws: AccountsError.lastAdmin) {
                try await accounts.setRole(.finance, of: founder, in: company)
            }
            await #expect(throws: AccountsError.lastAdmin) { try await accounts.remove(founder, from: company) }
            #expect(try await accounts.setRole(.admin, of: founder, in: company)?.role == .admin)
            _ = try await accounts.add(second, as: .developer, to: company)
            await #expect(throws: AccountsError.lastAdmin) { try await accounts.remove(founder, from: company) }
            #expect(try await accounts.setRole(.admin, of: second, in: company)?.role == .admin)
            #expect(try await accounts.remove(founder, from: company))
            #expect(try await accounts.role(of: founder, in: company) == nil)
            #expect(try await !accounts.remove(founder, from: company))
            #expect(try await accounts.setRole(.finance, of: UserID(UUID()), in: company) == nil)
        }
    }

    @Test("of two administrators who leave at the same moment, one stays")
    func race() async throws {
        try await withAccounts { accounts, _ in
            for _ in 0..<10 {
                let first = UserID(UUID()), second = UserID(UUID())
                let company = try await accounts.register(name: "A", legalDetails: nil, by: first).id
                _ = try await accounts.add(second, as: .admin, to: company)
                let gone = await withTaskGroup(of: Bool.self) { group in
                    for user in [first, second] {
                        group.addTask { (try? await accounts.remove(user, from: company)) ?? false }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(gone == 1)
                #expect(try await accounts.team(of: company).count == 1)
            }
        }
    }
}
