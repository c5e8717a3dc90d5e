/// A place in a queue's line: everything before it is more urgent or came earlier.
public struct ClaimPlace: Comparable, Hashable, Sendable {
    public var priority: Int
    public var rank: Int64

    public init(priority: Int, rank: Int64) {
        self.priority = priority
        self.rank = rank
    }

    /// Before every job.
    public static let start = ClaimPlace(priority: Int(Int16.min), rank: .min)

    public static func < (left: ClaimPlace, right: ClaimPlace) -> Bool {
        (left.priority, left.rank) < (right.priority, right.rank)
    }
}
