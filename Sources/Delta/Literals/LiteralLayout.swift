/// Where the odds of each thing lie among the rows of a ``LiteralModel``.
///
/// A digit that damaged bytes give may be any of sixteen, so every table that one leads into has sixteen places for it.
enum LiteralLayout {
    /// What kind of match, for each ``LiteralHistory/state``.
    static let kinds = 0
    /// Lengths of a class: the first digit, then those that some of its values ask for.
    static let lengths = kinds + LiteralHistory.states
    static let lengthRows = 5
    static let lengthClasses = 3
    /// The higher digit of a distance, for each class of lengths.
    static let distances = lengths + lengthRows * lengthClasses
    static let distanceClasses = 6
    /// The next one, in the context of the higher one and the class.
    static let nearer = distances + distanceClasses
    /// The last digit of a far distance, by how many bits it has, and the last bits of a near one.
    static let farEnds = nearer + 16 * distanceClasses
    static let nearEnds = farEnds + 32
    /// The higher digit of a byte after the higher digits of two bytes, and at the place of another byte.
    static let highAfter = nearEnds + 3 * 8
    static let highBeside = highAfter + 256
    /// The lower digit after one byte, and at the place of another; each with the higher digit known.
    static let lowAfter = highBeside + 512
    static let lowBeside = lowAfter + 4096
    static let cells = lowBeside + 1024
    static let rows = cells + (cellCount + 15) / 16

    /// Of single chances and weights, sixteen to a row, counted from the first cell of all rows: whether a match comes,
    /// by state and position, and by state and the byte before.
    static let matchAt = cells * 16
    static let matchAfter = matchAt + LiteralHistory.states * 4
    /// How much the byte in the same place counts beside those before.
    static let highWeights = matchAfter + 3 * 256
    static let lowWeights = highWeights + 4
    private static let cellCount = lowWeights + 8 - matchAt
}
