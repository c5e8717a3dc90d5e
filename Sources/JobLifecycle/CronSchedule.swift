/// When something is done again and again: the five fields of crontab(5), in UTC.
///
/// Minute (0–59), hour (0–23), day of the month (1–31), month (1–12), day of the week (0–7; 0 and 7 are Sunday); each `*`, a
/// number, a range `a-b`, a list, any of them with a step `/n`. When both days are restricted, either is enough, as cron has
/// it. `@hourly`, `@daily`, `@weekly` and `@monthly` are short for what they say.
public struct CronSchedule: Hashable, Sendable, CustomStringConvertible {
    public let description: String
    private let minutes: UInt64
    private let hours: UInt64
    private let days: UInt64
    private let months: UInt64
    private let weekdays: UInt64
    private let anyDay: Bool
    private let anyWeekday: Bool

    /// - Returns: nil for anything that is not a schedule.
    public init?(_ text: String) {
        let shorthands = [
            "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
        ]
        let fields = (shorthands[text] ?? text).split(separator: " ")
        guard fields.count == 5, let minutes = Self.bits(fields[0], 0...59), let hours = Self.bits(fields[1], 0...23),
            let days = Self.bits(fields[2], 1...31), let months = Self.bits(fields[3], 1...12),
            let weekdays = Self.bits(fields[4], 0...7)
        else { return nil }
        self.description = text
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        // Sunday has two names.
        self.weekdays = weekdays & 0x7f | (weekdays >> 7 & 1)
        self.anyDay = fields[2].hasPrefix("*")
        self.anyWeekday = fields[4].hasPrefix("*")
    }

    private static func bits(_ field: Substring, _ bounds: ClosedRange<Int>) -> UInt64? {
        var bits: UInt64 = 0
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = item.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(halves.count) else { return nil }
            var step = 1
            if halves.count == 2 {
                guard let number = Int(halves[1]), number >= 1, number <= bounds.upperBound else { return nil }
                step = number
            }
            guard let range = Self.range(halves[0], bounds, isStepped: halves.count == 2) else { return nil }
            for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
                bits |= 1 << UInt64(value)
            }
        }
        return bits == 0 ? nil : bits
    }

    private static func range(_ text: Substring, _ bounds: ClosedRange<Int>, isStepped: Bool) -> ClosedRange<Int>? {
        if text == "*" { return bounds }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count), let first = Int(ends[0]), bounds.contains(first) else { return nil }
        guard ends.count == 2 else { return first...(isStepped ? bounds.upperBound : first) }
        guard let last = Int(ends[1]), bounds.contains(last), first <= last else { return nil }
        return first...last
    }

    /// The first time after another, both in seconds since 1970; nil when there is none in eight years (31 February).
    ///
    /// - Parameter seconds: not negative.
    public func next(after seconds: Int64) -> Int64? {
        var minute = seconds / 60 + 1
        let end = minute + 8 * 366 * 1440
        while minute < end {
            let day = minute / 1440
            guard self.isDay(day) else {
                minute = (day + 1) * 1440
                continue
            }
            let hour = minute / 60 % 24
            guard self.hours >> UInt64(hour) & 1 == 1 else {
                minute = (minute / 60 + 1) * 60
                continue
            }
            if self.minutes >> UInt64(minute % 60) & 1 == 1 { return minute * 60 }
            minute += 1
        }
        return nil
    }

    /// - Parameter day: since 1970-01-01, which was a Thursday.
    private func isDay(_ day: Int64) -> Bool {
        let (month, dayOfMonth) = Self.civil(day)
        guard self.months >> UInt64(month) & 1 == 1 else { return false }
        let byDay = self.days >> UInt64(dayOfMonth) & 1 == 1
        let byWeekday = self.weekdays >> UInt64((day + 4) % 7) & 1 == 1
        return self.anyDay || self.anyWeekday ? byDay && byWeekday : byDay || byWeekday
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days, for days since 1970.
    private static func civil(_ day: Int64) -> (month: Int64, day: Int64) {
        let shifted = day + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        return (shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

/// What becomes of the times of a schedule at which nobody was there to see to it.
public enum MissedFires: String, CaseIterable, Sendable {
    /// They are gone.
    case skip
    /// One job makes up for all of them.
    case once
    /// A job for each, at most a hundred at a time.
    case each
}

extension CronSchedule {
    /// What to do when the time that was next has come.
    ///
    /// - Parameters:
    ///   - due: the time that was next, in seconds since 1970; not after `now`.
    ///   - grace: how late a time may be seen to without counting as missed, in seconds.
    /// - Returns: how many jobs to enqueue, and the time that is next then; nil when there is none.
    public func fire(
        due: Int64, now: Int64, missed: MissedFires, grace: Int64 = 60
    ) -> (jobs: Int, next: Int64?) {
        switch missed {
        case .each:
            var jobs = 0
            var time: Int64? = due
            while let current = time, current <= now, jobs < 100 {
                jobs += 1
                time = self.next(after: current)
            }
            return (jobs, time)
        case .once:
            return (1, self.next(after: now))
        case .skip:
            // The latest time that has come is not missed if it has only just come.
            var latest = due
            var steps = 0
            while let following = self.next(after: latest), following <= now, steps < 10_000 {
                latest = following
                steps += 1
            }
            return (now - latest <= grace ? 1 : 0, self.next(after: now))
        }
    }
}
