/// The decimal digits of a requisite, ready for the arithmetic of its check digits.
struct Digits: Hashable, Sendable {
    let values: [Int]

    /// - Parameter lengths: how many digits there may be.
    init(_ text: String, lengths: [Int]) throws(RequisiteFault) {
        var values: [Int] = []
        for byte in text.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw .characters }
            values.append(Int(byte - UInt8(ascii: "0")))
        }
        guard lengths.contains(values.count) else { throw .length(allowed: lengths) }
        self.values = values
    }

    /// The sum of the first digits times their weights.
    func weighted(_ weights: [Int]) -> Int { zip(self.values, weights).reduce(0) { $0 + $1.0 * $1.1 } }

    /// The number that the first digits are; at most 18 of them.
    func number(of count: Int) -> Int { self.values.prefix(count).reduce(0) { $0 * 10 + $1 } }
}
