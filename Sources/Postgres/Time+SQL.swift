public import FoundationEssentials

extension Date: SQLEncodable {
    public static var sqlType: SQLType { .timestamptz }

    /// To the microsecond, which is as fine as PostgreSQL keeps it.
    public var sqlValue: SQLValue { SQLValue(.timestamptz, TimestampText.text(of: self)) }
}

extension Date: SQLDecodable {
    /// A `timestamptz`, or a `timestamp` or `date`, which are taken as UTC; not the infinities.
    public init?(sqlText: String) {
        guard let date = TimestampText.date(from: sqlText) else { return nil }
        self = date
    }
}

extension Duration: SQLEncodable {
    public static var sqlType: SQLType { .interval }

    /// To the microsecond, rounded towards zero.
    public var sqlValue: SQLValue {
        let (seconds, attoseconds) = self.components
        let fraction = String((attoseconds / 1_000_000_000_000).magnitude)
        let sign = seconds < 0 || attoseconds < 0 ? "-" : ""
        let padding = String(repeating: "0", count: 6 - fraction.count)
        return SQLValue(.interval, "\(sign)\(seconds.magnitude).\(padding)\(fraction) seconds")
    }
}

extension Duration: SQLDecodable {
    /// An `interval` in the style `postgres`, a day being 24 hours; one with months or years has no fixed length.
    public init?(sqlText: String) {
        var total = Duration.zero
        var words = sqlText.split(separator: " ")[...]
        guard !words.isEmpty else { return nil }
        while let word = words.popFirst() {
            if word.contains(":") {
                guard let time = Self.time(word) else { return nil }
                total += time
            } else {
                guard let days = Int64(word), let unit = words.popFirst(), unit == "day" || unit == "days" else {
                    return nil
                }
                total += .seconds(days * 86_400)
            }
        }
        self = total
    }

    /// `[-+]hours:minutes:seconds[.fraction]`.
    private static func time(_ text: Substring) -> Duration? {
        let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":")
        guard parts.count == 3, let hours = Int64(parts[0]), let minutes = Int64(parts[1]) else { return nil }
        let secondParts = parts[2].split(separator: ".")
        guard let whole = secondParts.first.flatMap({ Int64($0) }) else { return nil }
        var time = Duration.seconds(hours * 3600 + minutes * 60 + whole)
        if secondParts.count == 2 {
            let digits = secondParts[1].prefix(6)
            guard let fraction = Int64(digits) else { return nil }
            time += .microseconds((digits.count..<6).reduce(fraction) { value, _ in value * 10 })
        }
        return text.first == "-" ? .zero - time : time
    }
}
