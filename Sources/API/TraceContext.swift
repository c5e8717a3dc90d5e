/// Where a request stands in a distributed trace (W3C Trace Context, level 1).
public struct TraceContext: Equatable, Sendable {
    /// 32 lower-case hexadecimal digits, not all zero.
    public let traceID: String
    /// 16 of them: this request's own span.
    public let spanID: String
    /// `01` when the caller records.
    let flags: String

    /// A span of our own in the caller's trace.
    ///
    /// - Parameter traceparent: the header's value.
    /// - Returns: nil when the header is not one, which is as if there were none.
    public init?(continuing traceparent: String) {
        let fields = traceparent.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 4, fields[0] != "ff", fields[0] != "00" || fields.count == 4, Self.isHex(fields[0], 2),
            Self.isHex(fields[1], 32), Self.isHex(fields[2], 16), Self.isHex(fields[3], 2),
            fields[1].contains(where: { $0 != "0" }), fields[2].contains(where: { $0 != "0" })
        else { return nil }
        self.init(traceID: fields[1], flags: fields[3])
    }

    /// The beginning of a trace.
    public static func fresh() -> TraceContext {
        TraceContext(traceID: RandomName.hexadecimal(32), flags: "00")
    }

    private init(traceID: String, flags: String) {
        self.traceID = traceID
        self.spanID = RandomName.hexadecimal(16)
        self.flags = flags
    }

    /// The header's value.
    public var traceparent: String { "00-\(self.traceID)-\(self.spanID)-\(self.flags)" }

    private static func isHex(_ text: String, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
