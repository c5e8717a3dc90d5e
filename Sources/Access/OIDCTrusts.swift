public import Content
public import FoundationEssentials
import Platform
public import Postgres
import Storefront

/// Keyless CI: owner of `oidc_trusts`; gives short-lived keys to jobs whose issuers vouch for them.
public struct OIDCTrusts: Sendable {
    private let database: Database
    private let keys: APIKeys
    private let issuers: [String: TokenVerifier]

    /// How long an exchanged key works.
    public static let lifetime = Duration.seconds(900)
    /// Trusts of one company, at most.
    static let maximum = 100

    /// - Parameters:
    ///   - issuers: who may be trusted, with where the keys are. Only the operator names them: a studio's own URL would have
    ///     us fetch whatever it points at.
    ///   - audience: what the tokens must be made for.
    public init(database: Database, keys: APIKeys, issuers: [String: JWKSource], audience: String) {
        self.database = database
        self.keys = keys
        self.issuers = Dictionary(
            uniqueKeysWithValues: issuers.map { issuer, source in
                let policy = TokenPolicy(
                    issuer: issuer, audience: audience, skew: .seconds(60), maximumAge: .seconds(3600))
                return (issuer, TokenVerifier(policy: policy, source: source))
            })
    }

    /// Who may be trusted, in alphabetical order.
    public var knownIssuers: [String] { self.issuers.keys.sorted() }

    /// - Throws: ``AccessError/tooManyTrusts(limit:)``, or `PostgresError`.
    public func create(_ terms: OIDCTerms, for developer: DeveloperID, by user: UserID) async throws -> OIDCTrust {
        precondition(terms.scopes.allSatisfy(\.isGrantableToKeys), "a scope that no key may carry")
        return try await self.database.transaction { transaction in
            if let games = terms.games { try await APIKeys.requireOwn(games, of: developer, by: transaction) }
            let count = try await transaction.rows(
                "SELECT 1 FROM oidc_trusts WHERE developer_id = \(developer) LIMIT \(Self.maximum)"
            ).count
            guard count < Self.maximum else { throw AccessError.tooManyTrusts(limit: Self.maximum) }
            let row = try await transaction.row(
                """
                INSERT INTO oidc_trusts
                    (developer_id, name, issuer, repository, ref, environment, game_ids, permissions, created_by)
                VALUES (\(developer), \(terms.name), \(terms.issuer), \(terms.repository), \(terms.ref),
                        \(terms.environment), \(terms.games)::uuid[], \(terms.scopes.map(\.rawValue))::text[], \(user))
                RETURNING \(OIDCTrust.columns)
                """)
            guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
            let trust = try OIDCTrust(row)
            try await AuditLog.append(trust.audited("oidc_trust.created"), in: transaction)
            return trust
        }
    }

    /// The company's trusts, newest first; at most 100.
    public func list(of developer: DeveloperID) async throws(PostgresError) -> [OIDCTrust] {
        try await self.database.rows(
            """
            SELECT \(OIDCTrust.columns) FROM oidc_trusts
            WHERE developer_id = \(developer)
            ORDER BY created_at DESC, trust_id
            LIMIT \(Self.maximum)
            """
        ).map { row throws(PostgresError) in try OIDCTrust(row) }
    }

    /// Ends a trust, and every key that was made from it.
    ///
    /// - Returns: false when it does not exist, or is another company's.
    public func delete(_ id: TrustID, of developer: DeveloperID) async throws -> Bool {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                DELETE FROM oidc_trusts WHERE trust_id = \(id) AND developer_id = \(developer)
                RETURNING \(OIDCTrust.columns)
                """)
            guard let trust = try row.map(OIDCTrust.init) else { return false }
            try await AuditLog.append(trust.audited("oidc_trust.deleted"), in: transaction)
            return true
        }
    }

    /// Exchanges the token of a CI job for a key that works for ``lifetime``.
    ///
    /// - Parameter chosen: which trust is meant, where a job fits several.
    /// - Throws: ``AccessError/tokenRejected(_:)`` and what else a token may be refused for, ``AccessError/noTrust`` or
    ///   ``AccessError/severalTrusts``, or `PostgresError`.
    public func exchange(
        _ token: String, chosen: TrustID?, now: Date
    ) async throws -> (trust: OIDCTrust, record: APIKeyRecord, key: APIKeyText) {
        guard let issuer = TokenVerifier.unverifiedIssuer(of: token), let verifier = self.issuers[issuer] else {
            throw AccessError.tokenRejected(.wrongIssuer)
        }
        let claims = try await verifier.claims(of: token, now: now).claims
        let rows = try await self.database.rows(
            """
            SELECT \(OIDCTrust.columns) FROM oidc_trusts
            WHERE issuer = \(issuer) AND repository IN (\(Self.text(claims["repository"])), \(Self.text(claims["project_path"])))
            ORDER BY trust_id
            LIMIT 1000
            """)
        let fitting = try rows.map(OIDCTrust.init).filter { trust in
            (chosen == nil || trust.id == chosen) && trust.terms.match(claims)
        }
        guard let trust = fitting.first else { throw AccessError.noTrust }
        // Which companies trust a repository is nobody's business but theirs; the job must know its own.
        guard fitting.count == 1 else { throw AccessError.severalTrusts }
        let job = AuditActor(
            kind: .key, identifier: "oidc_trust/\(trust.id)", address: AuditActor.current.address,
            userAgent: AuditActor.current.userAgent, requestID: AuditActor.current.requestID)
        let (record, key) = try await AuditActor.$current.withValue(job) {
            try await self.keys.create(
                APIKeyTerms(
                    name: Self.text(claims["sub"]).map { String($0.prefix(100)) }, scopes: trust.terms.scopes,
                    expiresAt: now.addingTimeInterval(Double(Self.lifetime.components.seconds)),
                    games: trust.terms.games, networks: [], trust: trust.id,
                    provenance: BuildProvenance(claims: claims)),
                for: trust.developer, by: nil)
        }
        try await self.database.execute("UPDATE oidc_trusts SET last_used_at = now() WHERE trust_id = \(trust.id)")
        return (trust, record, key)
    }

    private static func text(_ value: JSONValue?) -> String? {
        if case .string(let text)? = value { text } else { nil }
    }
}

extension OIDCTrust {
    /// What the audit log remembers of it.
    fileprivate func audited(_ action: String) -> AuditEntry {
        AuditEntry(
            developer: self.developer, action: action, target: "oidc_trust/\(self.id)",
            after: [
                "name": .string(self.terms.name), "issuer": .string(self.terms.issuer),
                "repository": .string(self.terms.repository), "ref": .text(self.terms.ref),
                "environment": .text(self.terms.environment),
                "permissions": .array(self.terms.scopes.map { .string($0.rawValue) }),
            ])
    }
}
