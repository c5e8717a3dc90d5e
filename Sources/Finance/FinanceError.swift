public import Content
public import FoundationEssentials
public import Storefront

/// Why something about money was refused.
///
/// The caller must do something else; nothing was changed.
public enum FinanceError: Error, Equatable, Sendable {
    case belowMinimum(Money)
    /// The platform has not checked yet who the company is.
    case companyNotVerified(CompanyVerification)
    /// Nothing is paid out in this currency.
    case currencyNotPaid(Currency, paid: [Currency])
    /// Less is available than was asked for.
    case insufficientFunds(available: Money)
    /// Nobody said yet where the money goes.
    case detailsMissing
    /// The account was changed; nothing is paid out until then.
    case cooldown(until: Date)
    /// The money would go elsewhere than before, and nobody but who changed that has looked at it.
    case approvalNeeded(version: Int)
    /// Who changed the details cannot approve them.
    case secondPersonNeeded
    /// The details are of another version than the one that was looked at.
    case approvalOutdated(current: Int)
    case keyRequired
    /// The key was used for another request before.
    case keyReused
    /// Somebody changed the payout details since the caller read them; `current` is the version now.
    case stale(current: Int)
    /// The source reported another entry under this id before.
    case entryConflict(id: String)
    /// There is no such company; `entries` are places in the list, from 0.
    case unknownDeveloper(DeveloperID, entries: [Int])
    /// A sum is beyond what can be counted.
    case overflow
    /// The details were erased; they are needed anew.
    case detailsErased
}
