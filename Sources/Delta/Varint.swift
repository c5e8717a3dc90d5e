extension [UInt8] {
    /// Appends an unsigned LEB128 varint in its shortest form.
    ///
    /// - Parameter value: not negative.
    mutating func append(varint value: Int) {
        precondition(value >= 0, "a varint is not negative")
        var rest = value
        while rest >= 0x80 {
            self.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a signed number so that small magnitudes are short: 0, -1, 1, -2, 2, …
    mutating func append(zigzag value: Int) { self.append(varint: value << 1 ^ value >> (Int.bitWidth - 1)) }
}
