import ClamAV
import Content
import Foundation
import Testing

@Suite("Many files in one call")
struct BatchTests {
    private func requests(_ fixture: Fixture, _ files: [Data]) throws -> [ScanRequest] {
        try files.enumerated().map { number, bytes in
            ScanRequest(
                try fixture.write(bytes, to: "batch-\(number)"), size: Int64(bytes.count), deadline: .seconds(60))
        }
    }

    @Test("each file gets its own answer, in order, infected and missing ones among them")
    func answersInOrder() async throws {
        try await Fixture.withPool { pool, fixture in
            let files = (0..<50).map { number in
                number % 7 == 3
                    ? Specimens.noise(300) + Specimens.eicar : Specimens.noise(5000 + number, seed: UInt64(number))
            }
            var requests = try self.requests(fixture, files)
            requests[20] = ScanRequest(.path(fixture.directory.path + "/none"), size: 1, deadline: .seconds(60))
            requests[21] = ScanRequest(requests[21].file, size: 4, deadline: .seconds(60))
            let outcomes = await pool.scan(requests)
            #expect(outcomes.count == 50)
            for (number, outcome) in outcomes.enumerated() {
                switch (number, outcome) {
                case (20, .failure(.unreadable)), (21, .failure(.sizeMismatch)): break
                case (_, .success(let verdict)):
                    #expect(verdict.isInfected == (number % 7 == 3), "file \(number): \(verdict)")
                    if verdict.isClean { #expect(verdict.covered == Int64(files[number].count)) }
                default: Issue.record("file \(number): \(outcome)")
                }
            }
        }
    }

    @Test("no files have no answers")
    func empty() async throws {
        try await Fixture.withPool { pool, _ in
            #expect(await pool.scan([]).isEmpty)
        }
    }

    @Test("a crash costs the file in hand and no other", arguments: [SIGKILL, SIGSEGV])
    func crash(signal: Int32) async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            kill(lane, SIGSTOP)
            let requests = try self.requests(fixture, (0..<40).map { Specimens.noise(2000, seed: $0) })
            let scan = Task { await pool.scan(requests) }
            try await until { await pool.scanning == [lane] }
            kill(lane, signal)
            kill(lane, SIGCONT)
            let outcomes = await scan.value
            #expect(outcomes.count == 40)
            #expect(outcomes.filter { $0 == .failure(.crashed(signal: signal)) }.count == 1)
            #expect(outcomes.filter { (try? $0.get().isClean) ?? false }.count == 39)
        }
    }

    @Test("a file that hangs costs its own deadline and no other file")
    func hang() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            kill(lane, SIGSTOP)
            var requests = try self.requests(fixture, (0..<5).map { Specimens.noise(2000, seed: $0) })
            requests[0] = ScanRequest(requests[0].file, size: 2000, deadline: .milliseconds(50))
            let outcomes = await pool.scan(requests)
            #expect(outcomes[0] == .failure(.deadlineExceeded(.milliseconds(50))))
            #expect(outcomes.dropFirst().allSatisfy { (try? $0.get().isClean) ?? false })
        }
    }

    @Test("more files than a lane's share go on with the next lane")
    func share() async throws {
        try await Fixture.withPool {
            $0.filesPerLane = 7
        } _: { pool, fixture in
            let outcomes = await pool.scan(try self.requests(fixture, (0..<30).map { Specimens.noise(500, seed: $0) }))
            #expect(outcomes.allSatisfy { (try? $0.get().isClean) ?? false })
        }
    }

    @Test("a cancelled call answers for every file")
    func cancelled() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            kill(lane, SIGSTOP)
            let requests = try self.requests(fixture, (0..<20).map { Specimens.noise(500, seed: $0) })
            let scan = Task { await pool.scan(requests) }
            try await until { await pool.scanning == [lane] }
            scan.cancel()
            let outcomes = await scan.value
            #expect(outcomes == [Result<ScanVerdict, ScanError>](repeating: .failure(.cancelled), count: 20))
        }
    }
}
