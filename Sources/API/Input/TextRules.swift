/// What text may be, wherever it comes from.
enum TextRules {
    /// - Parameter length: in Unicode scalars.
    /// - Returns: nil when there is nothing to object to.
    static func objection(
        to text: String, length: ClosedRange<Int>, allowsLines: Bool
    ) -> (code: String, text: String)? {
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            switch scalar.value {
            case 0: return ("character", "must not have a U+0000")
            case 0x09 where allowsLines, 0x0a where allowsLines, 0x0d where allowsLines: break
            case 0..<0x20, 0x7f..<0xa0: return ("character", "must not have control characters")
            // What turns the direction of what follows can make a name look like another (Unicode TR 36 §2.11).
            case 0x202a...0x202e, 0x2066...0x2069: return ("character", "must not have directional control characters")
            default: break
            }
        }
        guard length.contains(count) else {
            return (
                "length",
                length.lowerBound == 0
                    ? "must have at most \(length.upperBound) characters"
                    : "must have \(length.lowerBound) to \(length.upperBound) characters"
            )
        }
        return nil
    }
}
