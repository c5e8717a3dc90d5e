import ClamAV
import Foundation
import Testing

@Suite("Reloading signatures")
struct ReloadTests {
    @Test("new signatures are found after a reload, by the same pool")
    func takesNewSignatures() async throws {
        try await Fixture.withPool { pool, fixture in
            #expect(try await fixture.scan(Specimens.text, in: pool).isClean)
            let helper = try #require(await pool.processes.helper)
            try fixture.writeDatabase("Test.Raven:0:*:\(hex("midnight dreary"))")
            let reload = try await pool.reload()
            #expect(reload.isChange)
            #expect(reload.before.isBundledSet && !reload.after.isBundledSet)
            #expect(await pool.engine == reload.after)
            #expect(try await fixture.scan(Specimens.text, in: pool).isInfected)
            #expect(kill(helper, 0) == -1)
        }
    }

    @Test("signatures are loaded again when their files changed, and not otherwise")
    func noticesChangedFiles() async throws {
        try await Fixture.withPool { pool, fixture in
            #expect(try await pool.reloadIfChanged() == nil)
            try fixture.writeDatabase("Test.Raven:0:*:\(hex("midnight dreary"))")
            #expect(try await pool.reloadIfChanged()?.isChange == true)
            #expect(try await pool.reloadIfChanged() == nil)
            try fixture.writeDatabase(
                "Test.Weary:0:*:\(hex("weak and weary"))", "Test.Other:0:*:\(hex("nothing more"))")
            let reload = try await pool.reloadIfChanged()
            #expect(reload?.after.signatureCount == 2)
            try FileManager.default.removeItem(atPath: fixture.configuration.databaseDirectory)
            #expect(try await pool.reloadIfChanged()?.after.isBundledSet == true)
        }
    }

    @Test("a broken database is refused, and the old signatures go on")
    func refusesBrokenDatabase() async throws {
        try await Fixture.withPool { pool, fixture in
            let before = await pool.engine
            try fixture.writeDatabase("this is no signature")
            let error = await scanError { _ = try await pool.reload() }
            guard case .databaseBroken = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(await pool.engine == before)
            #expect(try await fixture.scan(Specimens.eicar, in: pool).isInfected)
        }
    }

    @Test("signatures that condemn the harmless are refused by the gate")
    func refusesFalsePositives() async throws {
        try await Fixture.withPool { pool, fixture in
            try fixture.writeDatabase("Test.Script:0:*:\(hex("starting the game"))")
            let error = await scanError { _ = try await pool.reload() }
            guard case .gateRefused(let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.hasPrefix("a script is clean, but infected"))
            #expect(try await fixture.scan(Specimens.eicar, in: pool).isInfected)
        }
    }

    @Test("signatures that miss a file of the gate are refused")
    func refusesFalseNegatives() async throws {
        try await Fixture.run { fixture in
            try fixture.write(Specimens.eicar, to: "known")
            var configuration = fixture.configuration
            configuration.gateFiles = [fixture.directory.path + "/known"]
            let pool = try await ScannerPool.start(configuration)
            try fixture.writeDatabase("Test.Raven:0:*:\(hex("midnight dreary"))")
            let error = await scanError { _ = try await pool.reload() }
            guard case .gateRefused = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(await pool.engine.isBundledSet)
            await pool.shutdown()
        }
    }

    @Test("scans under way during a reload finish on the engine they began with")
    func drainsOldEngine() async throws {
        try await Fixture.withPool(lanes: 2) { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            let helper = try #require(await pool.processes.helper)
            try await fixture.whileScanning(in: pool, on: lane) { scan in
                try fixture.writeDatabase("Test.Raven:0:*:\(hex("midnight dreary"))")
                _ = try await pool.reload()
                #expect(kill(helper, 0) == 0)
                #expect(try await fixture.scan(Specimens.text, in: pool, named: "new").isInfected)
                kill(lane, SIGCONT)
                #expect(try await scan.value.isClean)
            }
            try await until { kill(helper, 0) == -1 }
        }
    }

    @Test("reloads while scanning lose no scan and leave no engine behind")
    func reloadsUnderLoad() async throws {
        try await Fixture.withPool(lanes: 2) { pool, fixture in
            let file = try fixture.write(Specimens.eicar)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<10 {
                            let verdict = try await pool.scan(
                                file, size: Int64(Specimens.eicar.count), deadline: .seconds(60))
                            #expect(verdict.isInfected)
                        }
                    }
                }
                group.addTask { for _ in 0..<4 { _ = try await pool.reload() } }
                try await group.waitForAll()
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.configuration.temporaryDirectory)
            #expect(left.count == 1)
        }
    }
}
