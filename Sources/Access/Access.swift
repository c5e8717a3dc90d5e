public import Accounts
public import Content
public import FoundationEssentials
public import Storefront

/// The door: says who somebody is, for which company, and what they may do.
public struct Access: Sendable {
    public let keys: APIKeys
    public let policy: RolePolicy
    private let tokens: TokenVerifier
    private let accounts: Accounts

    public init(tokens: TokenVerifier, keys: APIKeys, accounts: Accounts, policy: RolePolicy) {
        self.tokens = tokens
        self.keys = keys
        self.accounts = accounts
        self.policy = policy
    }

    /// - Throws: ``AccessError``, or `PostgresError`.
    ///
    /// - Parameter address: where the request comes from; nil when nobody knows.
    public func identify(_ credential: Credential, from address: IPAddress?, now: Date) async throws -> Identity {
        switch credential {
        case .token(let text): return try await self.tokens.identify(text, now: now)
        case .key(let text):
            guard let key = APIKeyText(text), let record = try await self.keys.authenticate(key) else {
                throw AccessError.keyRejected
            }
            guard record.admits(address) else { throw AccessError.addressRefused }
            return .key(record)
        }
    }

    /// Finds the company somebody acts for: the token's, else the one the request names, else the only one there is.
    ///
    /// The role is what the database says at this moment, so that a changed one holds from the next request on.
    ///
    /// - Parameter requested: what the request names; a key has its company already, and the same one may be named.
    /// - Throws: ``AccessError``, or `PostgresError`.
    public func principal(for identity: Identity, requested: DeveloperID?) async throws -> Principal {
        switch identity {
        case .key(let record):
            if let requested, requested != record.developer { throw AccessError.notAMember }
            guard let company = try await self.accounts.company(record.developer) else { throw AccessError.keyRejected }
            return Principal(
                kind: .key(record.id), developer: record.developer, role: nil,
                permissions: Permission.effective(scopes: record.scopes), verification: company.verification,
                isSuspended: company.suspendedAt != nil, games: record.games)
        case .user(let claims):
            let membership = try await self.company(of: claims, requested: requested)
            return Principal(
                kind: .user(claims.user), developer: membership.company, role: membership.role,
                permissions: self.policy.permissions(of: membership.role), verification: membership.verification,
                isSuspended: membership.isSuspended, games: nil)
        case .service: throw AccessError.peopleOnly
        }
    }

    /// - Throws: ``AccessError/forbidden(_:role:roles:)`` or ``AccessError/scopeMissing(_:isGrantable:)``.
    public func require(_ permission: Permission, of principal: Principal) throws(AccessError) {
        guard !principal.permissions.contains(permission) else { return }
        guard let role = principal.role else {
            throw .scopeMissing(permission, isGrantable: permission.isGrantableToKeys)
        }
        throw .forbidden(permission, role: role, roles: self.policy.roles(having: permission))
    }

    private func company(of claims: TokenClaims, requested: DeveloperID?) async throws -> Membership {
        if let developer = claims.developer ?? requested {
            guard let membership = try await self.accounts.membership(of: claims.user, in: developer) else {
                throw AccessError.notAMember
            }
            return membership
        }
        let memberships = try await self.accounts.memberships(of: claims.user)
        guard let only = memberships.first else { throw AccessError.noCompany }
        guard memberships.count == 1 else { throw AccessError.companySelectionRequired(memberships) }
        return only
    }
}
