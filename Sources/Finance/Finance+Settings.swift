public import Content
import Envelope
import Platform
public import Postgres
public import Storefront

extension Finance {
    /// The company's payout details, in clear, and their version; nil when there are none.
    ///
    /// - Throws: ``FinanceError/detailsErased``, `EnvelopeError` or `PostgresError`.
    public func details(of developer: DeveloperID) async throws -> (details: PayoutDetails, settings: PaymentSettings)?
    {
        guard let settings = try await Self.settings(of: developer, in: self.database) else { return nil }
        return (try self.open(settings), settings)
    }

    /// Changes the company's payout details; the old ones stay for the payouts that go by them.
    ///
    /// - Parameters:
    ///   - version: what the caller saw; nil to change whatever is there.
    ///   - change: makes the new details of the present ones; they are kept when nothing differs.
    /// - Throws: ``FinanceError/stale(current:)``, what `change` throws, `EnvelopeError` or `PostgresError`.
    public func updateDetails(
        of developer: DeveloperID, by user: UserID?, ifVersion version: Int?,
        change: @Sendable (PayoutDetails?) throws -> PayoutDetails
    ) async throws -> (details: PayoutDetails, settings: PaymentSettings) {
        try await self.database.transaction { transaction in
            try await Self.lock(developer, in: transaction)
            let current = try await Self.settings(of: developer, in: transaction)
            if let version, version != current?.version ?? 0 {
                throw FinanceError.stale(current: current?.version ?? 0)
            }
            let old = try current.flatMap { $0.isErased ? nil : try self.open($0) }
            let new = try change(old)
            if let current, let old, old == new { return (old, current) }
            let redirects = old.map { $0.account != new.account || $0.bik != new.bik } ?? (current != nil)
            // What nobody has approved yet does not become approved by a change of something else.
            let needsApproval =
                redirects && self.policy.requiresSecondPerson || current?.approval.state == .pending
            let settings = try await self.insert(
                new, of: developer, version: (current?.version ?? 0) + 1, redirects: redirects,
                needsApproval: needsApproval, by: user, in: transaction)
            if redirects || needsApproval { try await self.observer.detailsChanged(settings, in: transaction) }
            try await AuditLog.append(
                AuditEntry(
                    developer: developer, action: "payment_settings.changed", target: "payment_settings/\(developer)",
                    from: Self.masked(old), to: Self.masked(new), secret: Self.secretNames),
                in: transaction)
            return (new, settings)
        }
    }

    /// Makes a company's payout details unreadable for ever by forgetting their keys; what was paid stays on record.
    public func eraseDetails(of developer: DeveloperID, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            "UPDATE developer_payment_settings SET wrapped_key = NULL WHERE developer_id = \(developer)")
    }

    /// Whether ``rewrapKeys(limit:)`` would find anything.
    public func hasKeysToRewrap() async throws(PostgresError) -> Bool {
        try await self.database.row(
            """
            SELECT 1 FROM developer_payment_settings
            WHERE key_id <> \(self.keys.currentID) AND wrapped_key IS NOT NULL
            LIMIT 1
            """) != nil
    }

    /// Wraps keys of payout details that are still under an old key of the ring under the current one.
    ///
    /// - Parameter limit: rows, 1 or more.
    /// - Returns: how many were wrapped anew; fewer than the limit when no more are left.
    public func rewrapKeys(limit: Int) async throws -> Int {
        try await self.database.transaction { transaction in
            let rows = try await transaction.rows(
                """
                SELECT \(PaymentSettings.columns) FROM developer_payment_settings
                WHERE key_id <> \(self.keys.currentID) AND wrapped_key IS NOT NULL
                ORDER BY developer_id, version
                LIMIT \(limit)
                FOR NO KEY UPDATE SKIP LOCKED
                """)
            for row in rows {
                let settings = try PaymentSettings(row)
                guard let key = settings.key else { continue }
                let binding = PaymentSettings.keyBinding(settings.developer, version: settings.version)
                let wrapped = try self.keys.wrap(self.keys.unwrap(key, binding: binding), binding: binding)
                try await transaction.execute(
                    """
                    UPDATE developer_payment_settings SET key_id = \(wrapped.keyID), wrapped_key = \(wrapped.bytes)
                    WHERE developer_id = \(settings.developer) AND version = \(Int32(settings.version))
                    """)
            }
            return rows.count
        }
    }

    /// The newest details, or those of a version.
    static func settings(
        of developer: DeveloperID, version: Int? = nil, in executor: some SQLExecutor
    ) async throws(PostgresError) -> PaymentSettings? {
        let condition: SQL = version.map { "AND version = \(Int32($0))" } ?? ""
        return try await executor.row(
            """
            SELECT \(PaymentSettings.columns) FROM developer_payment_settings
            WHERE developer_id = \(developer) \(condition)
            ORDER BY version DESC
            LIMIT 1
            """
        ).map { row throws(PostgresError) in try PaymentSettings(row) }
    }

    func open(_ settings: PaymentSettings) throws -> PayoutDetails {
        guard let wrapped = settings.key else { throw FinanceError.detailsErased }
        let key = try self.keys.unwrap(
            wrapped, binding: PaymentSettings.keyBinding(settings.developer, version: settings.version))
        func text(_ field: PayoutDetails.Field) throws(EnvelopeError) -> String? {
            guard let bytes = settings.sealed[field] else { return nil }
            return try key.open(bytes, binding: field.binding(settings.developer, version: settings.version))
        }
        var draft = PayoutDetails.Draft()
        draft.form = settings.form
        draft.recipient = try text(.recipient)
        draft.inn = try text(.inn)
        draft.kpp = try text(.kpp)
        draft.ogrn = try text(.ogrn)
        draft.bankName = try text(.bankName)
        draft.bik = try text(.bik)
        draft.correspondentAccount = try text(.correspondentAccount)
        draft.accountNumber = try text(.accountNumber)
        return try PayoutDetails(draft)
    }

    private func insert(
        _ details: PayoutDetails, of developer: DeveloperID, version: Int, redirects: Bool, needsApproval: Bool,
        by user: UserID?, in transaction: Transaction
    ) async throws -> PaymentSettings {
        let key = try DataKey.generate()
        let wrapped = try self.keys.wrap(key, binding: PaymentSettings.keyBinding(developer, version: version))
        func seal(_ field: PayoutDetails.Field) throws(EnvelopeError) -> [UInt8]? {
            guard let text = details[field] else { return nil }
            return try key.seal(text, binding: field.binding(developer, version: version))
        }
        let row = try await transaction.row(
            """
            INSERT INTO developer_payment_settings
                (developer_id, version, legal_form, recipient_name, inn, kpp, ogrn, bank_name, bik,
                 correspondent_account, account_number, account_hint, key_id, wrapped_key, redirects, needs_approval,
                 created_by)
            VALUES (\(developer), \(Int32(version)), \(details.form.rawValue), \(try seal(.recipient)), \(try seal(.inn)),
                    \(try seal(.kpp)), \(try seal(.ogrn)), \(try seal(.bankName)), \(try seal(.bik)),
                    \(try seal(.correspondentAccount)), \(try seal(.accountNumber)), \(details.accountHint),
                    \(wrapped.keyID), \(wrapped.bytes), \(redirects), \(needsApproval), \(user))
            RETURNING \(PaymentSettings.columns)
            """)
        guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
        return try PaymentSettings(row)
    }

    /// Details as the audit log may compare them; the values themselves never get there.
    private static func masked(_ details: PayoutDetails?) -> JSONObject {
        guard let details else { return JSONObject() }
        return JSONObject(PayoutDetails.Field.allCases.map { ($0.rawValue, .text(details[$0])) })
    }

    private static let secretNames = Set(PayoutDetails.Field.sealed.map(\.rawValue))
}
