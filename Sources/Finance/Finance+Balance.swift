public import Content
public import FoundationEssentials
import Postgres
import Storefront

extension Finance {
    /// The company's money by currency, in order of their codes, at one moment; empty when there never was any.
    public func balances(of developer: DeveloperID) async throws -> (balances: [Balance], asOf: Date) {
        let rows = try await Self.balanceRows(of: developer, in: self.database)
        let now = try await self.database.row("SELECT now() AS now")
        guard let now else { throw PostgresError.unexpected("SELECT gave no row") }
        return (try rows.map(Self.balance), try now("now"))
    }

    /// What can be paid out in a currency, as the transaction sees it.
    static func available(
        _ currency: Currency, of developer: DeveloperID, in transaction: Transaction
    ) async throws -> Money {
        let balance = try await Self.balanceRows(of: developer, in: transaction)
            .first { try $0.currency() == currency }.map(Self.balance)
        return balance?.available ?? .zero(currency)
    }

    private static func balance(_ row: Row) throws -> Balance {
        let total = try row.money("total"), pending = try row.money("pending"), reserved = try row.money("reserved")
        do throws(MoneyError) {
            return try Balance(total: total, pending: pending, reserved: reserved)
        } catch {
            throw FinanceError.overflow
        }
    }

    /// One statement, so that all of it is of one moment.
    private static func balanceRows(
        of developer: DeveloperID, in executor: some SQLExecutor
    ) async throws(PostgresError) -> [Row] {
        try await executor.rows(
            """
            WITH ledger AS (
                SELECT currency, sum(amount) AS total,
                       coalesce(sum(amount) FILTER (WHERE available_at > now()), 0) AS pending
                FROM finance_transactions WHERE developer_id = \(developer)
                GROUP BY currency
            ), open AS (
                SELECT currency, sum(amount) AS reserved FROM developer_payouts
                WHERE developer_id = \(developer) AND status IN ('requested', 'processing')
                GROUP BY currency
            )
            SELECT currency, coalesce(total, 0)::text AS total, coalesce(pending, 0)::text AS pending,
                   coalesce(reserved, 0)::text AS reserved
            FROM ledger FULL JOIN open USING (currency)
            ORDER BY currency
            """)
    }
}
