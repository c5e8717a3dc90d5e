import ClamAV
import Content
import Foundation
import Testing

@Suite("New signatures on probation")
struct ProbationTests {
    private func withNewSignatures(
        probation: Duration, _ body: (ScannerPool, Fixture, _ old: Int32) async throws -> Void
    ) async throws {
        try await Fixture.withPool {
            $0.probation = probation
        } _: { pool, fixture in
            let old = try #require(await pool.processes.helper)
            try fixture.writeDatabase("Test.Raven:0:*:\(Self.hexadecimal("bird or devil"))")
            _ = try #require(try await pool.reloadIfChanged())
            try await body(pool, fixture, old)
        }
    }

    private static func hexadecimal(_ text: String) -> String { Hexadecimal.encode(Array(text.utf8)) }

    @Test("the engine before stays loaded, and no third one is")
    func twoEngines() async throws {
        try await self.withNewSignatures(probation: .seconds(3600)) { pool, fixture, old in
            #expect(await pool.isOnProbation)
            #expect(kill(old, 0) == 0)
            try fixture.writeDatabase("Test.Other:0:*:\(Self.hexadecimal("nothing more"))")
            #expect(try await pool.reloadIfChanged() == nil)
            let error = await scanError { _ = try await pool.reload() }
            guard case .helperFailed = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("an engine whose lanes keep dying makes room for the one before, and its signatures are not tried again")
    func rollsBack() async throws {
        try await self.withNewSignatures(probation: .seconds(3600)) { pool, fixture, old in
            let new = await pool.engine
            for _ in 0..<6 {
                let lane = try await fixture.idleLane(of: pool)
                try await fixture.whileScanning(in: pool, on: lane) { scan in
                    kill(lane, SIGKILL)
                    _ = try? await scan.value
                }
            }
            #expect(await !pool.isOnProbation)
            #expect(await pool.processes.helper == old)
            #expect(await pool.engine != new)
            #expect(try await fixture.scan(Specimens.eicar, in: pool).isInfected)
            #expect(try await pool.reloadIfChanged() == nil)
            try fixture.writeDatabase("Test.Fixed:0:*:\(Self.hexadecimal("nothing more, ever"))")
            #expect(try await pool.reloadIfChanged() != nil)
        }
    }

    @Test("an engine that dies as a whole makes room for the one before")
    func survivesDeath() async throws {
        try await self.withNewSignatures(probation: .seconds(3600)) { pool, fixture, old in
            let helper = try #require(await pool.processes.helper)
            #expect(helper != old)
            kill(helper, SIGKILL)
            try await until { try await fixture.scan(Specimens.eicar, in: pool).isInfected }
            #expect(await pool.processes.helper == old)
        }
    }

    @Test("an engine that did well is alone afterwards")
    func ends() async throws {
        try await self.withNewSignatures(probation: .milliseconds(1)) { pool, fixture, old in
            try await until {
                _ = try await pool.reloadIfChanged()
                return kill(old, 0) == -1
            }
            #expect(await !pool.isOnProbation)
            #expect(try await fixture.scan(Data("prophet still, if bird or devil".utf8), in: pool).isInfected)
        }
    }

    @Test("signatures that were refused are not loaded again until they change")
    func refusedOnce() async throws {
        try await Fixture.withPool { pool, fixture in
            try fixture.writeDatabase("this is no signature")
            let error = await scanError { _ = try await pool.reloadIfChanged() }
            guard case .databaseBroken = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await pool.reloadIfChanged() == nil)
            try fixture.writeDatabase("Test.Raven:0:*:\(Self.hexadecimal("midnight dreary"))")
            #expect(try await pool.reloadIfChanged() != nil)
        }
    }
}
