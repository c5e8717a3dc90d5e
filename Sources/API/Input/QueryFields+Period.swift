import FoundationEssentials
import Storefront

extension QueryFields {
    /// A day as `2026-11-25`.
    mutating func day(_ name: String) -> CalendarDay? {
        guard let text = self.text(name, maximumLength: 40) else { return nil }
        guard let day = CalendarDay(text) else {
            self.fail(name, "format", "must be a day like 2026-11-25")
            return nil
        }
        return day
    }

    /// A moment as `2026-11-25T10:00:00Z`, or a day: its beginning, or with `end` its end.
    mutating func moment(_ name: String, endOfDay: Bool) -> Date? {
        guard let text = self.text(name, maximumLength: 40) else { return nil }
        if let day = CalendarDay(text) {
            return Date(timeIntervalSince1970: Double(day.number + (endOfDay ? 1 : 0)) * 86_400)
        }
        guard let date = Timestamp.date(from: text) else {
            self.fail(name, "format", "must be a day like 2026-11-25 or a time like 2026-11-25T10:00:00Z")
            return nil
        }
        return date
    }

    /// `from` and `to`, or `period` as a number of days up to today; the last 30 days when nothing is said.
    ///
    /// - Parameter today: in UTC.
    mutating func period(today: CalendarDay) -> Period? {
        let from = self.day("from"), to = self.day("to")
        var length = 30
        if let text = self.text("period", maximumLength: 10) {
            guard text.hasSuffix("d"), let days = Int(text.dropLast()), (1...Period.longest).contains(days) else {
                self.fail("period", "format", "must be a number of days like 30d, 1d to \(Period.longest)d")
                return nil
            }
            guard from == nil, to == nil else {
                self.fail("period", "conflict", "says the same as from and to; send one of them")
                return nil
            }
            length = days
        }
        let last = to ?? today
        return self.period(from: from ?? last.advanced(by: 1 - length), to: last)
    }

    mutating func period(from: CalendarDay, to: CalendarDay) -> Period? {
        do {
            return try Period(from: from, to: to)
        } catch {
            let (code, message) = error.words
            self.fail("from", code, message)
            return nil
        }
    }

    /// Words of an enum separated by commas, each once.
    mutating func choices<Choice: RawRepresentable<String> & CaseIterable & Hashable>(
        _ name: String, of type: Choice.Type
    ) -> [Choice] {
        guard let text = self.text(name, maximumLength: 500) else { return [] }
        var choices: [Choice] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let choice = Choice(rawValue: String(word)) else {
                let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                self.fail(name, "unknown-value", "must be of \(known), separated by commas")
                return []
            }
            if !choices.contains(choice) { choices.append(choice) }
        }
        return choices
    }

    /// A country as two letters of ISO 3166-1.
    mutating func country(_ name: String) -> String? {
        guard let text = self.text(name, maximumLength: 10) else { return nil }
        guard CountryText.isOne(text) else {
            self.fail(name, "format", "must be two upper-case letters of ISO 3166-1")
            return nil
        }
        return text
    }
}

/// What looks like a country of ISO 3166-1 alpha-2.
enum CountryText {
    static func isOne(_ text: String) -> Bool {
        text.utf8.count == 2 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
}

extension Period.Fault {
    /// A stable code and what is wrong, to follow the name of the first day.
    var words: (code: String, message: String) {
        switch self {
        case .backwards: ("range", "must not be after to")
        case .tooLong(let limit): ("range", "must be at most \(limit - 1) days before to")
        }
    }
}
