import HTTPTypes
import Hummingbird

/// The part of an object that a request asks for (RFC 9110 §14).
enum ByteRange: Equatable {
    /// Everything: no range was asked for, or one that is not understood, which is to be ignored.
    case all
    case bytes(Range<Int64>)
    /// No byte of it exists.
    case unsatisfiable

    /// - Parameters:
    ///   - header: the value of `Range`.
    ///   - size: bytes in the object.
    init(_ header: String?, size: Int64) {
        guard let header, header.lowercased().hasPrefix("bytes=") else {
            self = .all
            return
        }
        let spec = header.dropFirst("bytes=".count)
        let sides = spec.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        // Several ranges may be answered with everything, and are.
        guard !spec.contains(","), sides.count == 2, Self.isDigits(sides[0]), Self.isDigits(sides[1]) else {
            self = .all
            return
        }
        // More digits than a number holds is behind any end.
        let first = sides[0].isEmpty ? nil : Int64(sides[0]) ?? .max
        let last = sides[1].isEmpty ? nil : Int64(sides[1]) ?? .max
        switch (first, last) {
        case (nil, nil): self = .all
        case (nil, let count?):
            self = count > 0 && size > 0 ? .bytes(max(0, size - count)..<size) : .unsatisfiable
        case (let first?, let last):
            if let last, last < first {
                self = .all
            } else {
                self = first < size ? .bytes(first..<min(last ?? .max, size - 1) + 1) : .unsatisfiable
            }
        }
    }

    private static func isDigits(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
