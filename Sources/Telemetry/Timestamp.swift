import Glibc

/// A moment of the system's clock, for log lines.
public struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970-01-01 00:00 UTC, leap seconds not counted.
    public let seconds: Int64
    public let nanoseconds: Int64

    /// - Parameter nanoseconds: 0 to 999,999,999.
    public init(seconds: Int64, nanoseconds: Int64) {
        precondition((0..<1_000_000_000).contains(nanoseconds), "nanoseconds are less than a second")
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}

extension Timestamp: CustomStringConvertible {
    /// As in `2026-01-31T23:59:59.000123Z` (RFC 3339, UTC, microseconds).
    public var description: String {
        let (year, month, day) = self.date
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(self.timeOfDay)Z"
    }

    /// As in `23:59:59.000123`.
    var timeOfDay: String {
        let second = self.seconds - self.day * 86400
        let (hour, minute) = (second / 3600, second / 60 % 60)
        return "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second % 60, 2)).\(padded(self.nanoseconds / 1000, 6))"
    }

    /// Days since 1970-01-01.
    private var day: Int64 {
        let (days, rest) = self.seconds.quotientAndRemainder(dividingBy: 86400)
        return rest < 0 ? days - 1 : days
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`: counts in eras of 400 years
    /// that begin on 1 March, so that the leap day is the last of a year.
    private var date: (year: Int64, month: Int64, day: Int64) {
        let shifted = self.day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            yearOfEra + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
