import FoundationEssentials

/// PostgreSQL's ISO date style.
///
/// The calendar is computed as in Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil,
/// civil_from_days): exact for every year, and free of locale and of Foundation's formatters.
enum TimestampText {
    private static let microsecondsPerDay: Int64 = 86_400_000_000

    static func text(of date: Date) -> String {
        // Rounded to the microsecond: a Date is a Double, so a parsed instant comes back as it was.
        let total = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
        var days = total / Self.microsecondsPerDay
        var rest = total % Self.microsecondsPerDay
        if rest < 0 {
            days -= 1
            rest += Self.microsecondsPerDay
        }
        let (year, month, day) = Self.civil(days: days)
        let seconds = rest / 1_000_000
        let shownYear = year > 0 ? year : 1 - year
        return Self.padded(shownYear, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
            + " " + Self.padded(seconds / 3600, 2) + ":" + Self.padded(seconds / 60 % 60, 2)
            + ":" + Self.padded(seconds % 60, 2) + "." + Self.padded(rest % 1_000_000, 6)
            + (year > 0 ? "+00" : "+00 BC")
    }

    static func date(from text: String) -> Date? {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let writtenYear = scanner.number(), scanner.skip("-"), let month = scanner.number(), scanner.skip("-"),
            let day = scanner.number()
        else { return nil }
        var microseconds: Int64 = 0
        if scanner.skip(" "), !scanner.starts(with: "B") {
            guard let hour = scanner.number(), scanner.skip(":"), let minute = scanner.number(), scanner.skip(":"),
                let second = scanner.number()
            else { return nil }
            microseconds = ((hour * 60 + minute) * 60 + second) * 1_000_000
            if scanner.skip(".") {
                guard let fraction = scanner.fraction() else { return nil }
                microseconds += fraction
            }
            guard let offset = scanner.offset() else { return nil }
            microseconds -= offset * 1_000_000
            _ = scanner.skip(" ")
        }
        var year = writtenYear
        if scanner.skip("B") {
            guard scanner.skip("C") else { return nil }
            year = 1 - writtenYear
        }
        guard scanner.isAtEnd else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + microseconds / 1_000_000
        return Date(timeIntervalSince1970: Double(seconds) + Double(microseconds % 1_000_000) / 1_000_000)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Reads numbers and marks off the front of a timestamp.
private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { self.position == self.bytes.count }

    func starts(with mark: Unicode.Scalar) -> Bool {
        self.position < self.bytes.count && self.bytes[self.position] == UInt8(ascii: mark)
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard self.starts(with: mark) else { return false }
        self.position += 1
        return true
    }

    /// - Returns: nil unless 1 to 9 digits stand here.
    mutating func number() -> Int64? {
        var value: Int64 = 0
        let start = self.position
        while self.position < self.bytes.count, self.position - start < 9,
            case let digit = self.bytes[self.position], (48...57).contains(digit)
        {
            value = value * 10 + Int64(digit - 48)
            self.position += 1
        }
        return self.position > start ? value : nil
    }

    /// Digits after the point, as microseconds.
    mutating func fraction() -> Int64? {
        let start = self.position
        guard var value = self.number() else { return nil }
        var width = self.position - start
        while width < 6 {
            value *= 10
            width += 1
        }
        return width == 6 ? value : nil
    }

    /// `+02`, `-03:30`, `+00:19:32` east of UTC in seconds; zero when there is none.
    mutating func offset() -> Int64? {
        guard self.starts(with: "+") || self.starts(with: "-") else { return 0 }
        let sign: Int64 = self.skip("-") ? -1 : 1
        _ = self.skip("+")
        guard let hours = self.number() else { return nil }
        var seconds = hours * 3600
        if self.skip(":") {
            guard let minutes = self.number() else { return nil }
            seconds += minutes * 60
            if self.skip(":") {
                guard let rest = self.number() else { return nil }
                seconds += rest
            }
        }
        return sign * seconds
    }
}
