import Configuration
import Finance
import Storefront

/// What an operator configures about money and numbers.
struct MoneySettings: Sendable {
    /// `SLIPWAY_PAYOUT_MINIMUMS` (e.g. `RUB=1000.00,KZT=5000.00`), `SLIPWAY_PAYOUT_DELAY_SECONDS`,
    /// `SLIPWAY_PAYOUT_COOLDOWN_HOURS`, `SLIPWAY_PAYOUT_KEY=required`, `SLIPWAY_PAYOUT_SECOND_PERSON` (true or false).
    var payouts: PayoutPolicy

    /// How often Payment Service is asked for news, in rounds of the maintenance.
    var pollRounds = 4

    /// For a machine of one's own: nobody wants to wait a day there.
    static var quickPolicy: PayoutPolicy {
        var policy = PayoutPolicy.standard
        policy.handOverDelay = .seconds(5)
        policy.cooldown = .zero
        policy.requiresSecondPerson = false
        return policy
    }

    init(reading config: ConfigReader, base: PayoutPolicy) throws {
        self.payouts = base
        if let text = config.string(forKey: "payout.minimums") { self.payouts.minimums = try Self.minimums(text) }
        if let seconds = config.int(forKey: "payout.delay.seconds") {
            self.payouts.handOverDelay = .seconds(try Self.bounded(seconds, 86_400, "SLIPWAY_PAYOUT_DELAY_SECONDS"))
        }
        if let hours = config.int(forKey: "payout.cooldown.hours") {
            self.payouts.cooldown = .seconds(try Self.bounded(hours, 24 * 365, "SLIPWAY_PAYOUT_COOLDOWN_HOURS") * 3600)
        }
        self.payouts.requiresSecondPerson = config.bool(
            forKey: "payout.second.person", default: base.requiresSecondPerson)
        switch config.string(forKey: "payout.key", default: "optional") {
        case "optional": break
        case "required": self.payouts.requiresKey = true
        case let other:
            throw SettingsError.invalid("SLIPWAY_PAYOUT_KEY", "\(other) is neither `optional` nor `required`")
        }
    }

    private static func bounded(_ value: Int, _ limit: Int, _ variable: String) throws -> Int {
        guard (0...limit).contains(value) else { throw SettingsError.invalid(variable, "must be 0 to \(limit)") }
        return value
    }

    private static func minimums(_ text: String) throws -> [Currency: Money] {
        var minimums: [Currency: Money] = [:]
        for pair in text.split(separator: ",") {
            let halves = pair.split(separator: "=")
            guard halves.count == 2, let currency = Currency(String(halves[0])), currency.exponent <= 2,
                let minimum = try? Money(String(halves[1]), currency), !minimum.isNegative
            else {
                throw SettingsError.invalid(
                    "SLIPWAY_PAYOUT_MINIMUMS", "\(pair) is not of the form currency=amount, such as RUB=1000.00")
            }
            minimums[currency] = minimum
        }
        return minimums
    }
}
