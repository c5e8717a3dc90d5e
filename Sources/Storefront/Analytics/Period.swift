/// Whole days, both ends included, in UTC.
public struct Period: Hashable, Sendable {
    public let from: CalendarDay
    public let to: CalendarDay

    /// Days in a period, at most.
    public static let longest = 732

    public enum Fault: Error, Hashable, Sendable {
        /// It ends before it begins.
        case backwards
        case tooLong(limit: Int)
    }

    public init(from: CalendarDay, to: CalendarDay) throws(Fault) {
        guard from <= to else { throw .backwards }
        guard to.number - from.number < Self.longest else { throw .tooLong(limit: Self.longest) }
        self.from = from
        self.to = to
    }

    public var days: Int { self.to.number - self.from.number + 1 }

    /// Every day of it, in order.
    public var all: [CalendarDay] { (self.from.number...self.to.number).map(CalendarDay.init(number:)) }
}
