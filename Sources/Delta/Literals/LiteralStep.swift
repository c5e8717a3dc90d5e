/// One step along the literals: a byte alone, or a match with what came before.
struct LiteralStep {
    /// 0 for a byte alone, 1 to 4 for a match at the last, second last, … distance, else the distance plus 4.
    let how: Int
    let length: Int

    static let byte = 0
    /// The longest match.
    static let longest = 1 << 15

    /// Of a match at a new distance.
    @inline(__always) var distance: Int { self.how &- 4 }

    /// The digit for a match: 0 to 3 for 1, 2, 3 and more bytes at the last distance, 4 to 6 for those before, 7 to 14
    /// for 2 to 9 bytes at a new distance, 15 for more.
    @inline(__always) static func kind(_ how: Int, _ length: Int) -> Int {
        switch how {
        case 1: min(length &- 1, 3)
        case 2, 3, 4: how &+ 2
        default: min(length &+ 5, 15)
        }
    }

    /// The class of lengths that a kind goes on with, and the least of them; none for kinds that tell all.
    @inline(__always) static func lengths(ofKind kind: Int) -> (group: Int, least: Int)? {
        switch kind {
        case 3: (0, 4)
        case 4, 5, 6: (1, 2)
        case 15: (2, 10)
        default: nil
        }
    }

    /// Long matches are often far.
    @inline(__always) static func distanceClass(_ length: Int) -> Int { min(length &- 2, 5) }
}
