/// One value of DER (ITU-T X.690) and the values inside it.
struct DERValue {
    let tag: UInt8
    let content: ArraySlice<UInt8>

    /// Values inside one other at most: certificates have tens.
    private static let most = 4096

    /// Takes one value off the front of bytes.
    ///
    /// - Returns: nil when they are no value, or end within one; the bytes are then spoilt.
    init?(_ bytes: inout ArraySlice<UInt8>) {
        guard let tag = bytes.popFirst(), let first = bytes.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), bytes.count >= count else { return nil }
            length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(count)
        }
        guard length <= bytes.count else { return nil }
        self.tag = tag
        self.content = bytes.prefix(length)
        bytes = bytes.dropFirst(length)
    }

    /// The values inside, as far as they are whole.
    var values: [DERValue] {
        var rest = self.content
        var values: [DERValue] = []
        while !rest.isEmpty, values.count < Self.most, let value = DERValue(&rest) { values.append(value) }
        return values
    }
}
