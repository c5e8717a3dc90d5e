public import Content
import FoundationEssentials
public import Postgres
import Storefront

extension Finance {
    /// Entries that are recorded in one go, at most.
    public static let largestBatch = 500

    /// What became of a batch of entries.
    public struct Recorded: Equatable, Sendable {
        public let new: Int
        /// Known already, and the same.
        public let repeated: Int
    }

    /// Records what a source reports, all of it or nothing; what is known already changes nothing.
    ///
    /// - Parameters:
    ///   - entries: at most ``largestBatch``.
    ///   - source: who reports; ids are the source's own.
    ///   - recording: what else belongs to it, such as how far a feed was read.
    /// - Throws: ``FinanceError/entryConflict(id:)``, ``FinanceError/unknownDeveloper(_:entries:)`` or `PostgresError`.
    public func record(
        _ entries: [LedgerEntry], from source: String,
        recording: @Sendable (Transaction) async throws -> Void = { _ in }
    ) async throws -> Recorded {
        precondition(entries.count <= Self.largestBatch, "a batch is bounded")
        let distinct = try Self.distinct(entries)
        return try await self.database.transaction { transaction in
            try await Self.requireDevelopers(of: entries, in: transaction)
            var new = 0
            // In one order everywhere, so that two batches never wait for each other.
            for (developer, group) in Dictionary(grouping: distinct, by: \.developer).sorted(by: { $0.key < $1.key }) {
                new += try await self.record(group, of: developer, from: source, in: transaction)
            }
            try await recording(transaction)
            return Recorded(new: new, repeated: entries.count - new)
        }
    }

    private func record(
        _ entries: [LedgerEntry], of developer: DeveloperID, from source: String, in transaction: Transaction
    ) async throws -> Int {
        try await Self.lock(developer, in: transaction)
        let known = try await Self.known(entries.map(\.sourceID), from: source, in: transaction)
        for entry in entries {
            if let record = known[entry.sourceID], !record.repeats(entry) {
                throw FinanceError.entryConflict(id: entry.sourceID)
            }
        }
        let fresh = entries.filter { known[$0.sourceID] == nil }
        guard !fresh.isEmpty else { return 0 }
        try await Self.insert(fresh, of: developer, from: source, in: transaction)
        try await self.tellThreshold(fresh, of: developer, in: transaction)
        return fresh.count
    }

    /// Rows of a company's ledger.
    ///
    /// - Parameter limit: 1 or more.
    public func transactions(
        of developer: DeveloperID, _ filter: LedgerFilter, _ start: LedgerStart, limit: Int
    ) async throws(PostgresError) -> [LedgerRecord] {
        var conditions: SQL = "developer_id = \(developer)"
        if !filter.types.isEmpty {
            conditions = "\(conditions) AND type = ANY (\(filter.types.map(\.rawValue))::text[])"
        }
        if let currency = filter.currency { conditions = "\(conditions) AND currency = \(currency.code)" }
        if let game = filter.game { conditions = "\(conditions) AND game_id = \(game)" }
        if let from = filter.from { conditions = "\(conditions) AND occurred_at >= \(from)" }
        if let until = filter.until { conditions = "\(conditions) AND occurred_at < \(until)" }
        let order: SQL
        switch start {
        case .before(let seq):
            if let seq { conditions = "\(conditions) AND seq < \(seq)" }
            order = "DESC"
        case .after(let seq):
            conditions = "\(conditions) AND seq > \(seq)"
            order = "ASC"
        }
        return try await self.database.rows(
            """
            SELECT \(LedgerRecord.columns) FROM finance_transactions
            WHERE \(conditions)
            ORDER BY seq \(order)
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try LedgerRecord(row) }
    }

    /// Holds the company's account until the transaction ends; makes it if need be.
    static func lock(_ developer: DeveloperID, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO finance_accounts (developer_id) VALUES (\(developer))
            ON CONFLICT (developer_id) DO UPDATE SET last_seq = finance_accounts.last_seq
            """)
    }

    /// Adds the entry that settles a payout; the account is held.
    static func settle(_ payout: PayoutRecord, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            """
            WITH account AS (
                UPDATE finance_accounts SET last_seq = last_seq + 1 WHERE developer_id = \(payout.developer)
                RETURNING last_seq
            )
            INSERT INTO finance_transactions
                (developer_id, seq, source, source_id, type, amount, currency, payout_id, occurred_at, available_at)
            SELECT \(payout.developer), last_seq, 'slipway', 'payout/' || \(payout.id)::text, 'payout',
                   -(\(payout.amount.numeric)), \(payout.amount.currency.code), \(payout.id), now(), now()
            FROM account
            """)
    }

    private static func insert(
        _ entries: [LedgerEntry], of developer: DeveloperID, from source: String, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            WITH account AS (
                UPDATE finance_accounts SET last_seq = last_seq + \(entries.count) WHERE developer_id = \(developer)
                RETURNING last_seq - \(entries.count) AS base
            ), entry AS (
                SELECT * FROM unnest(
                    \(entries.map(\.sourceID))::text[], \(entries.map(\.type.rawValue))::text[],
                    \(entries.map(\.amount.text))::numeric[], \(entries.map(\.amount.currency.code))::text[],
                    \(entries.map(\.game))::uuid[], \(entries.map(\.description))::text[],
                    \(entries.map(\.occurredAt))::timestamptz[], \(entries.map(\.availableAt))::timestamptz[])
                WITH ORDINALITY AS entry (id, type, amount, currency, game, description, occurred, available, place)
            )
            INSERT INTO finance_transactions
                (developer_id, seq, source, source_id, type, amount, currency, game_id, description, occurred_at,
                 available_at)
            SELECT \(developer), account.base + entry.place, \(source), entry.id, entry.type, entry.amount,
                   entry.currency, entry.game, entry.description, entry.occurred, entry.available
            FROM entry CROSS JOIN account
            """)
    }

    private func tellThreshold(
        _ entries: [LedgerEntry], of developer: DeveloperID, in transaction: Transaction
    ) async throws {
        for (currency, minimum) in self.policy.minimums.sorted(by: { $0.key < $1.key }) {
            let fresh = entries.filter { $0.amount.currency == currency && $0.availableAt <= Date() }
            guard !fresh.isEmpty else { continue }
            let after = try await Self.available(currency, of: developer, in: transaction)
            let before = try after.subtracting(try Money.sum(fresh.map(\.amount), currency))
            guard before.minorUnits < minimum.minorUnits, after.minorUnits >= minimum.minorUnits else { continue }
            try await self.observer.thresholdReached(by: developer, available: after, in: transaction)
        }
    }

    private static func known(
        _ ids: [String], from source: String, in transaction: Transaction
    ) async throws(PostgresError) -> [String: LedgerRecord] {
        let rows = try await transaction.rows(
            """
            SELECT \(LedgerRecord.columns) FROM finance_transactions
            WHERE source = \(source) AND source_id = ANY (\(ids)::text[])
            ORDER BY source_id LIMIT \(Self.largestBatch)
            """)
        var known: [String: LedgerRecord] = [:]
        for row in rows {
            let record = try LedgerRecord(row)
            known[record.sourceID] = record
        }
        return known
    }

    private static func requireDevelopers(
        of entries: [LedgerEntry], in transaction: Transaction
    ) async throws {
        let wanted = Set(entries.map(\.developer)).sorted()
        let rows = try await transaction.rows(
            """
            SELECT developer_id FROM developers WHERE developer_id = ANY (\(wanted)::uuid[])
            ORDER BY developer_id LIMIT \(Self.largestBatch)
            """)
        let found = Set(try rows.map { row throws(PostgresError) -> DeveloperID in try row("developer_id") })
        guard let missing = wanted.first(where: { !found.contains($0) }) else { return }
        throw FinanceError.unknownDeveloper(
            missing, entries: entries.indices.filter { entries[$0].developer == missing })
    }

    /// The entries without repeats of themselves, in their order.
    private static func distinct(_ entries: [LedgerEntry]) throws(FinanceError) -> [LedgerEntry] {
        var seen: [String: LedgerEntry] = [:]
        var distinct: [LedgerEntry] = []
        for entry in entries {
            if let earlier = seen[entry.sourceID] {
                guard earlier == entry else { throw .entryConflict(id: entry.sourceID) }
            } else {
                seen[entry.sourceID] = entry
                distinct.append(entry)
            }
        }
        return distinct
    }
}

extension LedgerRecord {
    /// Whether an entry says what this row says. Times do not count: a source may know them better later.
    fileprivate func repeats(_ entry: LedgerEntry) -> Bool {
        self.developer == entry.developer && self.type == entry.type && self.amount == entry.amount
            && self.game == entry.game
    }
}
