/// The `Retry-After` header (RFC 9110 §10.2.3).
enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Parameters:
    ///   - text: seconds, or a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///   - now: seconds since 1970.
    /// - Returns: nil when it is neither; zero for a date that is past.
    static func duration(_ text: String, now: Int64) -> Duration? {
        let text = text.trimmingSpaces()
        if let seconds = Int64(text) { return seconds >= 0 ? .seconds(min(seconds, 86_400)) : nil }
        guard let date = self.seconds(ofDate: text) else { return nil }
        return .seconds(min(max(0, date - now), 86_400))
    }

    /// - Returns: seconds since 1970 of an IMF-fixdate.
    private static func seconds(ofDate text: String) -> Int64? {
        let fields = text.split(separator: " ")
        guard fields.count == 6, fields[0].hasSuffix(","), fields[5] == "GMT",
            let day = Int64(fields[1]), let month = self.months.firstIndex(of: String(fields[2])),
            let year = Int64(fields[3]), (1970...9999).contains(year), (1...31).contains(day)
        else { return nil }
        let clock = fields[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        // Days from the civil date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let shifted = month < 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * Int64((month + 10) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }
}

extension String {
    func trimmingSpaces() -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        return String(self.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
