/// The mark of Russian law (Federal Law 436-FZ) for whom a game is.
public enum AgeRating: String, CaseIterable, Hashable, Sendable {
    case all = "0+"
    case six = "6+"
    case twelve = "12+"
    case sixteen = "16+"
    case eighteen = "18+"
}
