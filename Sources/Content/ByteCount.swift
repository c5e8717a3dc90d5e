/// A number of bytes.
///
/// The unit lives in the type, so no name carries it. Never negative where it counts something that exists.
public struct ByteCount: Hashable, Sendable {
    /// The count itself.
    public let bytes: Int64

    public init(_ bytes: Int64) { self.bytes = bytes }

    public init(_ bytes: Int) { self.bytes = Int64(bytes) }

    public static let zero = ByteCount(0)

    public static func kibibytes(_ count: Int64) -> ByteCount { ByteCount(count << 10) }

    public static func mebibytes(_ count: Int64) -> ByteCount { ByteCount(count << 20) }

    public static func gibibytes(_ count: Int64) -> ByteCount { ByteCount(count << 30) }
}

extension ByteCount: Comparable {
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    public static func + (left: ByteCount, right: ByteCount) -> ByteCount { ByteCount(left.bytes + right.bytes) }

    public static func += (left: inout ByteCount, right: ByteCount) { left = left + right }
}

extension ByteCount: CustomStringConvertible {
    /// For people: `512 B`, `1.5 GiB`; one decimal, binary units (IEC 80000-13).
    public var description: String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB"]
        guard self.bytes.magnitude >= 1024 else { return "\(self.bytes) B" }
        // Whole kibibytes and the rest apart, since ten times the largest count is none any more.
        let (kibibytes, rest) = self.bytes.magnitude.quotientAndRemainder(dividingBy: 1024)
        var tenths = kibibytes * 10 + (rest * 10 + 512) / 1024
        var unit = 0
        while tenths >= 10 * 1024, unit + 1 < units.count {
            tenths = (tenths + 512) / 1024
            unit += 1
        }
        let sign = self.bytes < 0 ? "-" : ""
        return "\(sign)\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

extension ByteCount: Codable {
    public init(from decoder: any Decoder) throws {
        self.bytes = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.bytes)
    }
}
