import FoundationEssentials
import Storefront
import Synchronization

/// Everything the small platform remembers, until the process ends.
///
/// Bounded: the oldest go when a list is full.
final class PlatformState: Sendable {
    /// A payout that was given to the payment desk.
    struct Payout: Sendable {
        let amount: String
        let currency: String
        let reference: String
        var status = "processing"
        var reason: String?
        /// Times it was asked about; it is completed by itself at the second.
        var questions = 0
    }

    /// Copies sold on a day.
    struct Sale: Sendable {
        let developer: String
        let game: String
        let day: CalendarDay
        let copies: Int64
        let revenue: Money
        let country: String
    }

    struct Values: Sendable {
        var payouts: [String: Payout] = [:]
        /// Entries of the ledger's feed, in their order.
        var entries: [JSONValue] = []
        var sales: [Sale] = []
        /// Reviews that wait on the desk, by id: the event that asked for them.
        var reviews: [String: JSONValue] = [:]
        /// Events that were heard, newest last.
        var events: [JSONValue] = []
        /// Events that were heard, by who heard them.
        var eventIDs: Set<String> = []
        /// Companies that wait to be checked, by id: the event that asked for it.
        var companies: [String: JSONValue] = [:]
        /// What the shop shows of each game.
        var catalog: [String: JSONObject] = [:]
        /// Builds that can be downloaded, by version.
        var builds: [String: JSONObject] = [:]
        /// What each channel of each game points to.
        var channels: [String: JSONObject] = [:]
        /// How often analytics heard of what.
        var facts: [String: Int] = [:]
        /// Notifications that would have been sent, newest last.
        var notifications: [JSONValue] = []
    }

    private static let most = 10_000

    /// Tells what this run made from what another did.
    let run = Substring(UUID().uuidString.lowercased())

    private let values = Mutex(Values())

    func read<Value>(_ body: (Values) -> Value) -> Value where Value: Sendable { self.values.withLock { body($0) } }

    func change<Value>(_ body: (inout Values) -> Value) -> Value where Value: Sendable {
        self.values.withLock { values in
            let value = body(&values)
            for list in [\Values.events, \Values.notifications] where values[keyPath: list].count > Self.most {
                values[keyPath: list].removeFirst(Self.most / 2)
            }
            if values.eventIDs.count > Self.most { values.eventIDs.removeAll() }
            for map in [\Values.catalog, \.builds, \.channels] where values[keyPath: map].count > Self.most {
                values[keyPath: map].removeAll()
            }
            for map in [\Values.companies, \.reviews] where values[keyPath: map].count > Self.most {
                values[keyPath: map].removeAll()
            }
            return value
        }
    }
}
