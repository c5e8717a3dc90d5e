import JobLifecycle
import Testing

@Suite("Cron schedule")
struct CronScheduleTests {
    /// 2026-11-25 20:00 UTC, a Wednesday.
    private let now: Int64 = 1_795_636_800

    /// Schedules, and how many seconds after ``now`` they are due.
    private static let cases: [(text: String, after: Int64)] = [
        ("* * * * *", 60), ("*/15 * * * *", 900), ("30 20 * * *", 1800), ("0 20 * * *", 86400), ("@hourly", 3600),
        ("@daily", 14400), ("0 0 1 * *", 446400), ("0 12 * * 4", 57600),
        ("0 12 * * 7", 316800), ("0 12 * * 0", 316800),
        ("5-10/5,40 20 * * *", 300), ("0 0 1 1 *", 3124800), ("0 0 29 2 *", 39758400),
        // Either day is enough when both are restricted.
        ("0 0 27 * 4", 14400),
    ]

    @Test("the next time is found", arguments: Self.cases)
    func next(text: String, after: Int64) throws {
        let schedule = try #require(CronSchedule(text))
        #expect(schedule.next(after: self.now) == self.now + after)
        #expect(schedule.description == text)
    }

    @Test("a day that never comes has no next time")
    func never() throws {
        #expect(try #require(CronSchedule("0 0 31 2 *")).next(after: self.now) == nil)
    }

    @Test(
        "what is no schedule is refused",
        arguments: [
            "", "*", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
            "5-1 * * * *", "*/0 * * * *", "a * * * *", "1,, * * * *", "1- * * * *", "-1 * * * *", "1/2/3 * * * *",
            "@never",
        ])
    func refused(text: String) {
        #expect(CronSchedule(text) == nil)
    }

    @Test("missed times are skipped, made up for once, or each")
    func missed() throws {
        let hourly = try #require(CronSchedule("@hourly"))
        let due = self.now - 5 * 3600
        let (skip, once, each) = (
            hourly.fire(due: due, now: self.now + 120, missed: .skip),
            hourly.fire(due: due, now: self.now + 120, missed: .once),
            hourly.fire(due: due, now: self.now + 120, missed: .each)
        )
        #expect(skip.jobs == 0 && once.jobs == 1 && each.jobs == 6)
        #expect(skip.next == self.now + 3600 && once.next == self.now + 3600 && each.next == self.now + 3600)
        #expect(hourly.fire(due: due, now: self.now + 5, missed: .skip).jobs == 1, "the latest is not missed yet")
        #expect(hourly.fire(due: self.now, now: self.now, missed: .skip).jobs == 1)
    }

    @Test("a year of missed minutes is made up for a hundred at a time")
    func bounded() throws {
        let minutely = try #require(CronSchedule("* * * * *"))
        let fire = minutely.fire(due: self.now - 365 * 86_400, now: self.now, missed: .each)
        #expect(fire.jobs == 100)
        #expect(fire.next == self.now - 365 * 86_400 + 6000)
    }
}
