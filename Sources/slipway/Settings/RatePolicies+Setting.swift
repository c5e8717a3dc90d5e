import Access

extension RatePolicies {
    /// - Parameter setting: `class=burst/hour` by commas; what is not named stays as usual; `off` for none at all.
    init(setting: String) throws {
        guard setting != "off" else {
            self.init([:])
            return
        }
        var policies = Dictionary(uniqueKeysWithValues: RateClass.allCases.map { ($0, RatePolicies.standard[$0]) })
        for pair in setting.split(separator: ",") {
            let halves = pair.split(separator: "=")
            let quotas = halves.last?.split(separator: "/").compactMap { Int($0) } ?? []
            guard halves.count == 2, let rateClass = RateClass(rawValue: String(halves[0])), quotas.count == 2,
                quotas.allSatisfy({ $0 >= 1 })
            else {
                let known = RateClass.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingsError.invalid("SLIPWAY_RATES", "\(pair) is not class=burst/hour; classes are \(known)")
            }
            policies[rateClass] = RatePolicies.pair(rateClass.rawValue, burst: quotas[0], hour: quotas[1])
        }
        self.init(policies)
    }
}
