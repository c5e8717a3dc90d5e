import BuildStore
import Content
import JobLifecycle
import Testing

@testable import Jobs

@Suite("What speaks against a version")
struct ScanFindingsTests {
    private func file(_ path: String, _ verdict: ScanRecord.Verdict, _ word: String? = nil) throws -> ScannedFile {
        ScannedFile(
            path: try BuildPath(validating: path),
            record: ScanRecord(
                digest: Digest(bytes: [UInt8](repeating: 1, count: 32)), verdict: verdict,
                signature: verdict == .infected ? word : nil, reason: verdict == .incomplete ? word : nil, covered: 0))
    }

    @Test("clean files and waived ones are nothing against it")
    func passes() throws {
        let files = [try self.file("a", .clean), try self.file("b", .incomplete, "encrypted")]
        #expect(ScanFindings(files, waived: ["encrypted"]).failure == nil)
    }

    @Test("every bad file is listed, infected ones first, and no waiver helps those")
    func listsAll() throws {
        let files = [
            try self.file("a", .incomplete, "encrypted"), try self.file("b", .infected, "Test.Bad"),
            try self.file("c", .infected, "Test.Bad"),
        ]
        let failure = try #require(ScanFindings(files, waived: ["Test.Bad"]).failure)
        #expect(failure.code == "malware-found" && !failure.retryable && failure.path == "b")
        #expect(failure.problems?.map(\.path) == ["b", "c", "a"])
    }

    @Test("a file that was not scanned whole fails it, but a waiver and a retry may mend that")
    func incomplete() throws {
        let failure = try #require(ScanFindings([try self.file("a", .incomplete, "encrypted")], waived: []).failure)
        #expect(failure.code == "scan-incomplete" && failure.retryable && failure.actual == "encrypted")
    }
}
