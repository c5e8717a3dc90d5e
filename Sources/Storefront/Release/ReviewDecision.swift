/// How moderation ended.
public enum ReviewDecision: String, CaseIterable, Hashable, Sendable {
    case approved
    case rejected

    public var version: ReviewStatus.Event { self == .approved ? .approve : .reject }
    public var game: GameStatus.Event { self == .approved ? .approve : .reject }
}
