/// A number of a JSON text, as it was written.
public struct JSONNumber: Hashable, Sendable {
    /// As RFC 8259 §6 writes numbers.
    public let lexeme: String

    public init(_ value: some BinaryInteger) { self.lexeme = String(value) }

    /// A measurement, such as a rate: never money.
    ///
    /// - Parameter value: finite; written with at most three decimal places.
    public init(measured value: Double) {
        precondition(value.isFinite, "JSON has no infinite numbers")
        let thousandths = (value * 1000).rounded()
        self.lexeme = thousandths.magnitude < 1e15 ? "\(thousandths / 1000)" : "\(value)"
    }

    init(lexeme: String) { self.lexeme = lexeme }

    /// The number, when it is whole and fits.
    ///
    /// `1.0` is whole, as in JSON Schema; `1e3` is not looked into.
    public var int64: Int64? {
        if let value = Int64(self.lexeme) { return value }
        let halves = self.lexeme.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard halves.count == 2, halves[1].allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        return Int64(String(halves[0]) ?? "")
    }
}
