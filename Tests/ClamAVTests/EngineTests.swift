import ClamAV
import Content
import Foundation
import Testing

@Suite("Engines")
struct EngineTests {
    @Test("an engine says what it is")
    func describesItself() async throws {
        try await Fixture.withPool { pool, _ in
            let engine = await pool.engine
            #expect(engine.isBundledSet)
            #expect(engine.databaseVersion == "bundled-1")
            #expect(engine.signatureCount == 3)
            #expect(engine.engineVersion.contains("."))
            #expect(engine.limitsID == ScanLimits.standard.id)
            #expect(engine.databaseDate == nil)
        }
    }

    @Test("signatures in the configured directory take the place of the bundled ones")
    func prefersConfiguredDatabase() async throws {
        try await Fixture.run { fixture in
            try fixture.writeDatabase("Test.Raven:0:*:\(hex("midnight dreary"))")
            let pool = try await ScannerPool.start(fixture.configuration)
            let engine = await pool.engine
            #expect(!engine.isBundledSet)
            #expect(engine.databaseVersion == "local-\(engine.databaseDigest.description.prefix(12))")
            #expect(
                try await fixture.scan(Specimens.text, in: pool)
                    == .infected(signature: "Test.Raven.UNOFFICIAL", covered: 0))
            #expect(try await fixture.scan(Specimens.eicar, in: pool).isClean)
            await pool.shutdown()
        }
    }

    @Test("a start that is cancelled ends with an error and leaves nothing behind")
    func cancelsStart() async throws {
        try await Fixture.run { fixture in
            let start = Task { try await ScannerPool.start(fixture.configuration) }
            start.cancel()
            #expect(await scanError { _ = try await start.value } == .cancelled)
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.configuration.temporaryDirectory)
            #expect(left.isEmpty)
        }
    }

    @Test("a helper that takes too long to load is given up")
    func givesUpOnSlowStart() async throws {
        try await Fixture.run { fixture in
            var configuration = fixture.configuration
            configuration.startTime = .zero
            let error = await scanError { _ = try await ScannerPool.start(configuration) }
            #expect(error == .startTimedOut(.zero))
            let left = try FileManager.default.contentsOfDirectory(atPath: configuration.temporaryDirectory)
            #expect(left.isEmpty)
        }
    }

    @Test("what is no file among the signatures is refused, not waited for")
    func refusesDevices() async throws {
        try await Fixture.run { fixture in
            try fixture.writeDatabase("Test.Raven:0:*:\(hex("midnight dreary"))")
            let device = fixture.configuration.databaseDirectory + "/endless.hdb"
            try FileManager.default.createSymbolicLink(atPath: device, withDestinationPath: "/dev/zero")
            let error = await scanError { _ = try await ScannerPool.start(fixture.configuration) }
            let directory = fixture.configuration.databaseDirectory
            #expect(error == .databaseBroken(directory: directory, output: "\(device): Invalid argument"))
        }
    }

    @Test("a missing helper is named")
    func namesMissingHelper() async throws {
        try await Fixture.run { fixture in
            var configuration = fixture.configuration
            configuration.helperPath = fixture.directory.path + "/absent"
            let error = await scanError { _ = try await ScannerPool.start(configuration) }
            #expect(error == .helperMissing(path: configuration.helperPath))
            configuration.helperPath = "/bin/false"
            let other = await scanError { _ = try await ScannerPool.start(configuration) }
            #expect(other == .helperFailed(reason: "slipway-scanner ended with status 1 before it had loaded"))
        }
    }

    @Test("a missing database is named when nothing may take its place")
    func namesMissingDatabase() async throws {
        try await Fixture.run { fixture in
            var configuration = fixture.configuration
            configuration.bundledDirectory = nil
            let error = await scanError { _ = try await ScannerPool.start(configuration) }
            #expect(error == .databaseMissing(directory: configuration.databaseDirectory))
        }
    }

    @Test("a broken database is named, with libclamav's words")
    func namesBrokenDatabase() async throws {
        try await Fixture.run { fixture in
            try fixture.writeDatabase("this is no signature")
            let error = await scanError { _ = try await ScannerPool.start(fixture.configuration) }
            guard case .databaseBroken(let directory, let output) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(directory == fixture.configuration.databaseDirectory)
            #expect(output.hasPrefix("Malformed database"))
        }
    }

    @Test("a helper that is killed is started again, under the next scan")
    func survivesHelperDeath() async throws {
        try await Fixture.withPool(lanes: 2) { pool, fixture in
            for _ in 0..<3 {
                let helper = try #require(await pool.processes.helper)
                kill(helper, SIGKILL)
                #expect(try await fixture.scan(Specimens.eicar, in: pool).isInfected)
                #expect(await pool.processes.helper != helper)
            }
        }
    }

    @Test("scans under way when the helper is killed end with an error")
    func reportsHelperDeath() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            try await fixture.whileScanning(in: pool, on: lane) { scan in
                kill(try #require(await pool.processes.helper), SIGKILL)
                #expect(await scanError { _ = try await scan.value } == .crashed(signal: nil))
            }
            #expect(try await fixture.scan(Specimens.text, in: pool).isClean)
        }
    }

    @Test("after a shutdown nothing is left: no process, no file, no scan")
    func shutsDown() async throws {
        try await Fixture.run(lanes: 2) { fixture in
            let pool = try await ScannerPool.start(fixture.configuration)
            let file = try fixture.write(Specimens.text)
            let size = Int64(Specimens.text.count)
            _ = try await pool.scan(file, size: size, deadline: .seconds(60))
            let processes = await pool.processes
            await pool.shutdown()
            await pool.shutdown()
            let helper = try #require(processes.helper)
            #expect(kill(helper, 0) == -1)
            #expect(processes.lanes.allSatisfy { kill($0, 0) == -1 })
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.configuration.temporaryDirectory)
            #expect(left.isEmpty)
            let error = await scanError { _ = try await pool.scan(file, size: size, deadline: .seconds(60)) }
            #expect(error == .shutDown)
        }
    }
}

/// A text as the hexadecimal digits of its bytes.
func hex(_ text: String) -> String { Hexadecimal.encode(text.utf8) }
