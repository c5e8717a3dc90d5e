import Content
import Inspection
import Testing

@testable import Jobs

@Suite("What came in with a version")
struct ChangeReviewTests {
    private func look(_ path: String, _ head: String, _ more: [UInt8] = []) throws -> FileInspection {
        try FileInspection.inspect(
            MemorySource(Array(head.utf8) + more), path: try BuildPath(validating: path))
    }

    @Test("counts are by kind and change, and findings come in the order of worry")
    func review() throws {
        var review = ChangeReview(after: nil)
        review.add("a.txt", size: 5, try self.look("a.txt", "hello"), .added)
        review.add("b.sh", size: 9, try self.look("b.sh", "#!/bin/sh"), .changed)
        review.add("c.sh", size: 9, try self.look("c.sh", "#!/bin/sh"), .added)
        review.add("d.png", size: 9, try self.look("d.png", "\u{7F}ELF"), .changed)
        let report = review.report()
        #expect(report.filesAdded == 2 && report.filesChanged == 2 && report.bytes == 32)
        #expect(report.kinds["script"] == ReviewReport.Count(added: 1, changed: 1))
        #expect(report.findings.map(\.path) == ["d.png", "c.sh", "b.sh"])
        #expect(report.findings[0].disguised)
        #expect(report.findingsTotal == 3)
    }

    @Test("a signer is remembered for the next version, and its loss is told")
    func signers() throws {
        var before = ReviewReport()
        before.signers = ["game.exe": "Good Games LLC", "other.exe": "Good Games LLC"]
        var review = ChangeReview(after: before)
        review.add("game.exe", size: 4, try self.look("game.exe", "MZ"), .changed)
        let report = review.report()
        #expect(report.findings[0].signerChanged)
        #expect(report.findings[0].signerBefore == "Good Games LLC")
        #expect(report.signers == ["other.exe": "Good Games LLC"])
    }

    @Test("a report survives being written down")
    func roundTrip() throws {
        var review = ChangeReview(after: nil)
        review.add("c.sh", size: 9, try self.look("c.sh", "#!/bin/sh"), .added)
        let report = review.report()
        #expect(try ReviewReport(json: try report.json()) == report)
    }
}
