/// The alphabets of deflate, RFC 1951 §3.2.5 to §3.2.7.
enum DeflateCodes {
    static let literals = 256
    static let lengths = 286
    static let distances = 30
    static let endOfBlock = 256
    static let leastMatch = 3
    static let longestMatch = 258

    static let lengthExtra: [Int] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    static let lengthBase: [Int] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    static let distanceExtra: [Int] = (0..<30).map { max(0, $0 / 2 - 1) }
    static let distanceBase: [Int] = {
        var base = 1
        return distanceExtra.map { extra in
            defer { base += 1 << extra }
            return base
        }
    }()

    /// Code of a match's length less three.
    static let lengthCode: [Int] = (3...258).map { length in
        length == 258 ? 28 : (lengthBase.lastIndex { $0 <= length && $0 < 258 } ?? 0)
    }

    /// Code of a distance, from 1 on.
    @inline(__always) static func distanceCode(_ distance: Int) -> Int {
        guard distance > 4 else { return distance - 1 }
        let value = distance - 1
        let log = Int.bitWidth - 1 - value.leadingZeroBitCount
        return log * 2 + (value >> (log - 1) & 1)
    }

    /// The order in which the lengths of the code-length code are stored.
    static let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Code lengths of a block with fixed codes.
    static let fixedLengths: [Int] = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
}
