import Content
import Storefront
import Testing

@testable import Access

@Suite("Platform roles in tokens")
struct PlatformRoleTests {
    @Test(
        "AMB-18: rights on the platform are read from roles and scope, however the issuer writes them; all else is ignored",
        arguments: [
            (["roles": ["operator"]], true), (["roles": "operator"], true), (["scope": "openid operator"], true),
            (["scope": ["operator", "email"]], true), (["roles": ["admin"], "scope": "operator"], true),
            ([:], false), (["roles": ["Operator", "operators"]], false), (["roles": ["x operator"]], false),
            (["roles": 7], false), (["roles": ["operator": true]], false), (["role": "operator"], false),
            (["scope": ""], false), (["roles": [["operator"]]], false),
        ] as [(JSONValue, Bool)])
    func roles(claims: JSONValue, isOperator: Bool) async throws {
        let fixture = try await TokenFixture()
        let token = try fixture.issuer.sign(fixture.claims(claims), type: "at+jwt")
        #expect(try await fixture.check(token).platformRoles == (isOperator ? [.operator] : []))
    }

    @Test("the development issuer gives them when it is asked to")
    func minted() async throws {
        let fixture = try await TokenFixture()
        let user = try #require(UserID(TokenFixture.user))
        for roles in [[], [PlatformRole.operator]] as [Set<PlatformRole>] {
            let token = try fixture.issuer.mint(
                user: user, developer: nil, platformRoles: roles, lifetime: .seconds(600), now: TokenFixture.now)
            #expect(try await fixture.check(token).platformRoles == roles)
        }
    }
}
