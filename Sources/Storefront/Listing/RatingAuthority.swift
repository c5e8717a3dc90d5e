/// Who else rates games, beside Russian law, and the marks that each has.
///
/// IARC gives one mark of its own for shops without a national authority.
public enum RatingAuthority: String, CaseIterable, Hashable, Sendable {
    case iarc, pegi, esrb, usk, acb, classind, grac

    /// As they are written on a shop's page, the youngest first.
    public var marks: [String] {
        switch self {
        case .iarc: ["3+", "7+", "12+", "16+", "18+"]
        case .pegi: ["3", "7", "12", "16", "18"]
        case .esrb: ["E", "E10+", "T", "M", "AO"]
        case .usk: ["0", "6", "12", "16", "18"]
        case .acb: ["G", "PG", "M", "MA15+", "R18+"]
        case .classind: ["L", "10", "12", "14", "16", "18"]
        case .grac: ["ALL", "12", "15", "19"]
        }
    }
}
