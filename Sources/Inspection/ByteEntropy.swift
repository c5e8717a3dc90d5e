/// Shannon's entropy of bytes ("A Mathematical Theory of Communication", 1948).
enum ByteEntropy {
    /// Bits for each byte, 0 to 8; 0 for no bytes.
    static func bits(of bytes: [UInt8]) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        let total = Double(bytes.count)
        return counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
            return sum - share * self.binaryLogarithm(share)
        }
    }

    /// The logarithm to base 2 of a positive number, to 24 binary places: digit by digit, by squaring, so that this layer
    /// needs no library of mathematics.
    private static func binaryLogarithm(_ number: Double) -> Double {
        var rest = number.significand
        var logarithm = Double(number.exponent)
        var digit = 0.5
        for _ in 0..<24 {
            rest *= rest
            if rest >= 2 {
                rest /= 2
                logarithm += digit
            }
            digit /= 2
        }
        return logarithm
    }
}
