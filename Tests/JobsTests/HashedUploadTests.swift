import Content
import Digests
import Foundation
import JobQueue
import Staging
import Testing
import Threads

@testable import Jobs

@Suite("An upload that is hashed as it is read")
struct HashedUploadTests {
    private let bytes: [UInt8] = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }

    private func withUpload(_ body: (HashedUpload) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "hashed-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(self.bytes).write(to: file)
        let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
        let threads = ThreadPool(name: "hashed", threads: 1)
        let source = try FileSource(path: file.path)
        try body(HashedUpload(source, gate: FairGate(width: 1), key: "", on: threads, attempt: attempt))
        #expect(attempt.progress.bytesDone == Int64(self.bytes.count))
    }

    @Test("whatever is read, in whatever order, the digest is that of the file")
    func orders() throws {
        let expected = Digest.sha256(of: self.bytes)
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for round in 0..<30 {
            try self.withUpload { upload in
                var offset = 0
                for _ in 0..<next(60) {
                    let count = 1 + next(200_000)
                    if round % 3 == 0 { offset = next(self.bytes.count) }
                    let end = min(offset + count, self.bytes.count)
                    let read = try upload.read(end - offset, at: Int64(offset))
                    #expect(read == Array(self.bytes[offset..<end]))
                    // In turn, with gaps now and then, or anywhere.
                    offset =
                        end + (round % 3 == 1 && end < self.bytes.count ? next(min(100, self.bytes.count - end)) : 0)
                    guard offset < self.bytes.count else { break }
                }
                let digest = try upload.digest()
                #expect(digest == expected)
            }
        }
    }
}
