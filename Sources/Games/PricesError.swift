public import FoundationEssentials
public import Storefront

/// Why a change of prices was refused. Every case is the company's to mend.
public enum PricesError: Error, Equatable, Sendable {
    /// Everything that is wrong with the values.
    case refused([PricingFinding])
    /// There is another promotion in this window.
    case overlap(name: String, startsAt: Date, endsAt: Date)
    /// Players have not seen the full price for long enough.
    case cooldown(availableAt: Date)
}
