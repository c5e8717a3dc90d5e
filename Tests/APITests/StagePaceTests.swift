import Foundation
import Testing

@testable import API

@Suite("The pace of a stage")
struct StagePaceTests {
    private let start = Date(timeIntervalSince1970: 1_000_000)

    private func pace(
        _ isRunning: Bool = true, bytes: (Int64, Int64) = (0, 0), files: (Int64, Int64) = (0, 0),
        jobs: (Int, Int) = (0, 1), after seconds: Double
    ) -> StagePace {
        StagePace(
            startedAt: self.start, finishedAt: isRunning ? nil : self.start.addingTimeInterval(seconds),
            isRunning: isRunning, done: (bytes.0, files.0, jobs.0), total: (bytes.1, files.1, jobs.1),
            now: self.start.addingTimeInterval(isRunning ? seconds : 1000))
    }

    @Test("one job is measured by its bytes, and ends when they do")
    func bytes() {
        let pace = self.pace(bytes: (250, 1000), after: 10)
        #expect(pace.bytesPerSecond == 25)
        #expect(pace.endsAt == self.start.addingTimeInterval(40))
    }

    @Test("several jobs are measured by their number, for those that wait do not know their bytes yet")
    func jobs() {
        let pace = self.pace(bytes: (500, 600), jobs: (1, 5), after: 10)
        #expect(pace.bytesPerSecond == 50)
        #expect(pace.endsAt == self.start.addingTimeInterval(50))
    }

    @Test("what counts no bytes is measured by files")
    func files() {
        let pace = self.pace(files: (3, 4), after: 30)
        #expect(pace.bytesPerSecond == nil)
        #expect(pace.endsAt == self.start.addingTimeInterval(40))
    }

    @Test("before anything is done, and afterwards, there is no end to tell")
    func edges() {
        #expect(self.pace(bytes: (0, 1000), after: 10) == self.pace(after: 0))
        let done = self.pace(false, bytes: (1000, 1000), jobs: (1, 1), after: 20)
        #expect(done.bytesPerSecond == 50)
        #expect(done.endsAt == nil)
    }
}
