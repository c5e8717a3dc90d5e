/// A number of a JSON text, as it was written.
public struct JSONNumber: Hashable, Sendable {
    /// As RFC 8259 §6 writes numbers.
    public let lexeme: String

    public init(_ value: some BinaryInteger) { self.lexeme = String(value) }

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
