import Content
import Envelope
import Finance
import FoundationEssentials
import Postgres
import Storefront
import Synchronization
import TestKit
import Testing

/// A ledger of its own with two companies.
struct FinanceFixture: Sendable {
    let finance: Finance
    let database: Database
    let observer: RecordingObserver
    let mine: DeveloperID
    let theirs: DeveloperID

    static let oldKeys = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    static let newKeys = "k2 Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=\n" + oldKeys

    static func run(
        policy: PayoutPolicy = .standard, _ body: (FinanceFixture) async throws -> Void
    ) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 16))
            let outcome: Result<Void, any Error>
            do {
                let mine = DeveloperID(UUID()), theirs = DeveloperID(UUID())
                for (id, name) in [(mine, "A"), (theirs, "B")] {
                    try await database.execute(
                        """
                        INSERT INTO developers (developer_id, company_name, verification_status)
                        VALUES (\(id), \(name), 'verified')
                        """)
                }
                let observer = RecordingObserver()
                let finance = Finance(
                    database: database, policy: policy, keys: try KeyRing(file: Self.oldKeys), observer: observer)
                outcome = .success(
                    try await body(
                        FinanceFixture(
                            finance: finance, database: database, observer: observer, mine: mine, theirs: theirs)))
            } catch {
                outcome = .failure(error)
            }
            await database.close()
            try outcome.get()
        }
    }

    static func rub(_ text: String) throws -> Money { try Money(text, .rub) }

    func entry(
        _ id: String, _ type: LedgerEntryType, _ amount: String, of developer: DeveloperID? = nil,
        currency: Currency = .rub, availableIn seconds: Double = -60
    ) throws -> LedgerEntry {
        LedgerEntry(
            sourceID: id, developer: developer ?? self.mine, type: type, amount: try Money(amount, currency), game: nil,
            description: nil, occurredAt: Date(timeIntervalSince1970: 1_790_000_000),
            availableAt: Date().addingTimeInterval(seconds))
    }

    /// A sale.
    func entry(
        _ id: String, _ amount: String, of developer: DeveloperID? = nil, currency: Currency = .rub,
        availableIn seconds: Double = -60
    ) throws -> LedgerEntry {
        try self.entry(id, .sale, amount, of: developer, currency: currency, availableIn: seconds)
    }

    /// Gives the company money that can be paid out.
    func earn(_ amount: String, id: String = UUID().uuidString) async throws {
        _ = try await self.finance.record([try self.entry(id, amount)], from: "payment-service")
    }

    static func details(account: String = "40702810938000000001") throws -> PayoutDetails {
        var draft = PayoutDetails.Draft()
        draft.form = .legalEntity
        draft.recipient = "ООО «Пример»"
        draft.inn = "7707083893"
        draft.kpp = "773601001"
        draft.ogrn = "1027700132195"
        draft.bankName = "ПАО Сбербанк"
        draft.bik = "044525225"
        draft.accountNumber = account
        return try PayoutDetails(draft)
    }

    func setDetails() async throws {
        _ = try await self.finance.updateDetails(of: self.mine, by: nil, ifVersion: nil) { _ in try Self.details() }
    }

    func request(_ amount: String, key: String? = nil) async throws -> PayoutAnswer {
        try await self.finance.request(
            PayoutRequest(developer: self.mine, user: UserID(UUID()), amount: try Self.rub(amount), key: key))
    }

    func balance(_ currency: Currency = .rub) async throws -> Balance {
        try #require(try await self.finance.balances(of: self.mine).balances.first { $0.currency == currency })
    }
}

/// Remembers what it was told, in the order it was told.
final class RecordingObserver: PayoutObserver {
    private let states = Mutex<[PayoutState]>([])
    private let thresholds = Mutex<[Money]>([])
    private let approvals = Mutex<[PaymentApproval.State]>([])

    func payoutMoved(_ payout: PayoutRecord, in transaction: Transaction) async throws {
        self.states.withLock { $0.append(payout.status) }
    }

    func detailsChanged(_ settings: PaymentSettings, in transaction: Transaction) async throws {
        self.approvals.withLock { $0.append(settings.approval.state) }
    }

    func thresholdReached(
        by developer: DeveloperID, available: Money, in transaction: Transaction
    ) async throws {
        self.thresholds.withLock { $0.append(available) }
    }

    var moved: [PayoutState] { self.states.withLock { $0 } }
    var approved: [PaymentApproval.State] { self.approvals.withLock { $0 } }
    var reached: [Money] { self.thresholds.withLock { $0 } }
}
