import CLibArchive

/// The extra fields of one zip header (APPNOTE 4.5).
struct ZipExtra {
    private var zip64: ArraySlice<UInt8>?
    private var unicode: ArraySlice<UInt8>?

    /// - Returns: nil when lengths do not add up. Up to three stray bytes at the end are padding that some tools write.
    init?(_ field: ArraySlice<UInt8>) {
        var rest = field
        while rest.count >= 4 {
            let bytes = Array(rest.prefix(4))
            let length = Int(bytes.little16(2))
            guard length <= rest.count - 4 else {
                // zipalign pads with zeros.
                guard rest.allSatisfy({ $0 == 0 }) else { return nil }
                break
            }
            let content = rest.dropFirst(4).prefix(length)
            switch bytes.little16(0) {
            case 0x0001: self.zip64 = content
            case 0x7075: self.unicode = content
            default: break
            }
            rest = rest.dropFirst(4 + length)
        }
    }

    /// The true values of fields, of which those that are all ones are kept here, in the same order.
    ///
    /// - Returns: nil when one is missing or no size.
    func widen(_ fields: [UInt32]) -> [Int64]? {
        var rest = (self.zip64 ?? [])[...]
        var values: [Int64] = []
        for field in fields {
            guard field == .max, self.zip64 != nil else {
                values.append(Int64(field))
                continue
            }
            guard rest.count >= 8, let value = Int64(exactly: Array(rest.prefix(8)).little64(0)) else { return nil }
            values.append(value)
            rest = rest.dropFirst(8)
        }
        return values
    }

    /// The UTF-8 name that Info-ZIP keeps beside a name in a local code page.
    ///
    /// - Returns: nil when there is none, or it belongs to another name.
    func unicodeName(for name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let unicode = self.unicode, unicode.count >= 5, unicode.first == 1 else { return nil }
        let checksum = Array(unicode.dropFirst().prefix(4)).little32(0)
        guard checksum == Checksum.of(Array(name)) else { return nil }
        return unicode.dropFirst(5)
    }
}
