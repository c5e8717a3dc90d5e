import FoundationEssentials

/// The two spellings of time that S3 servers use.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Fri, 24 May 2013 00:00:00 GMT` (RFC 9110 §5.6.7, the preferred form).
    static func parse(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT" || words[5] == "UTC",
            let month = self.months.firstIndex(of: String(words[2])),
            let day = Int64(words[1]), let year = Int64(words[3])
        else { return nil }
        return self.date(year: year, month: Int64(month) + 1, day: day, clock: words[4])
    }

    /// `2013-05-24T00:00:00.000Z` (ISO 8601); the fraction may be missing.
    static func parseISO(_ text: String) -> Date? {
        let sides = text.split(separator: "T")
        guard sides.count == 2, sides[1].hasSuffix("Z") else { return nil }
        let day = sides[0].split(separator: "-").compactMap { Int64($0) }
        let clock = sides[1].dropLast().split(separator: ".")
        guard day.count == 3, let time = clock.first else { return nil }
        let fraction = clock.count > 1 ? Double("0.\(clock[1])") ?? 0 : 0
        return self.date(year: day[0], month: day[1], day: day[2], clock: time)?.addingTimeInterval(fraction)
    }

    private static func date(year: Int64, month: Int64, day: Int64, clock: Substring) -> Date? {
        let time = clock.split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, (1...12).contains(month), (1...31).contains(day), (1...9999).contains(year),
            (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        let seconds = self.days(year: year, month: month, day: day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
        return Date(timeIntervalSince1970: Double(seconds))
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`, for years after 0.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
