public import Content
public import FoundationEssentials
public import Storefront

/// A movement of money as its source reports it.
public struct LedgerEntry: Equatable, Sendable {
    /// The source's own id: the same id is the same entry, however often it is reported. 1 to 128 characters.
    public let sourceID: String
    public let developer: DeveloperID
    public let type: LedgerEntryType
    /// What the balance grows by; of the sign of its type.
    public let amount: Money
    public let game: GameID?
    public let description: String?
    public let occurredAt: Date
    /// From when on it can be paid out; before, it is pending.
    public let availableAt: Date

    public init(
        sourceID: String, developer: DeveloperID, type: LedgerEntryType, amount: Money, game: GameID?,
        description: String?, occurredAt: Date, availableAt: Date
    ) {
        self.sourceID = sourceID
        self.developer = developer
        self.type = type
        self.amount = amount
        self.game = game
        self.description = description
        self.occurredAt = occurredAt
        self.availableAt = availableAt
    }
}
