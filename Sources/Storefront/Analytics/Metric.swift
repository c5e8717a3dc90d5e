/// What can be asked about games.
public enum Metric: String, CaseIterable, Hashable, Sendable {
    /// Copies sold.
    case sales
    /// What they were sold for.
    case revenue
    /// Copies given back.
    case refunds
    case installs
    /// Players a day.
    case dau
    /// Players in the 30 days before.
    case mau
    case playtimeMinutes = "playtime_minutes"
    /// Players and sales by country.
    case geography
    /// Players by age and sex, in shares.
    case demographics

    /// How its values look.
    public enum Shape: Equatable, Sendable {
        /// A whole number for each step of time.
        case count
        /// An amount for each step of time.
        case money
        /// One table for the whole period.
        case breakdown
    }

    public var shape: Shape {
        switch self {
        case .sales, .refunds, .installs, .dau, .mau, .playtimeMinutes: .count
        case .revenue: .money
        case .geography, .demographics: .breakdown
        }
    }

    /// Those with a value for each step of time.
    public static let series = Self.allCases.filter { $0.shape != .breakdown }
}
