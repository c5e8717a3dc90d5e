import ClamAV
import Content
import Foundation
import Testing

@Suite("Lanes")
struct LaneTests {
    @Test("two hundred scans at once on two lanes all get their own verdict")
    func servesMany() async throws {
        try await Fixture.withPool(lanes: 2) { pool, fixture in
            let clean = Specimens.noise(20_000)
            let infected = clean + Specimens.eicar
            try fixture.write(clean, to: "clean")
            try fixture.write(infected, to: "infected")
            let directory = fixture.directory.path
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<200 {
                    let isInfected = index % 3 == 0
                    let size = Int64(isInfected ? infected.count : clean.count)
                    let path = "\(directory)/\(isInfected ? "infected" : "clean")"
                    group.addTask {
                        let verdict = try await pool.scan(.path(path), size: size, deadline: .seconds(60))
                        return verdict.isInfected == isInfected && verdict.isClean != isInfected
                    }
                }
                var right = 0
                for try await isRight in group where isRight { right += 1 }
                #expect(right == 200)
            }
            #expect(await pool.processes.lanes.count <= 2)
        }
    }

    @Test("a lane that dies over a file is replaced, and says by which signal", arguments: [SIGKILL, SIGSEGV, SIGABRT])
    func survivesCrash(signal: Int32) async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            try await fixture.whileScanning(in: pool, on: lane) { scan in
                kill(lane, signal)
                kill(lane, SIGCONT)
                let error = await scanError { _ = try await scan.value }
                #expect(error == .crashed(signal: signal))
            }
            #expect(try await fixture.scan(Specimens.eicar, in: pool).isInfected)
            #expect(await !pool.processes.lanes.contains(lane))
        }
    }

    @Test("a lane that died between files is replaced unnoticed")
    func survivesIdleDeath() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            kill(lane, SIGKILL)
            try await until {
                (try? String(contentsOfFile: "/proc/\(lane)/status", encoding: .utf8))?.contains("Z (") ?? true
            }
            #expect(try await fixture.scan(Specimens.text, in: pool).isClean)
        }
    }

    @Test("a scan past its deadline ends with an error, and its lane with it")
    func keepsDeadline() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            kill(lane, SIGSTOP)
            let file = try fixture.write(Specimens.text)
            let size = Int64(Specimens.text.count)
            let error = await scanError { _ = try await pool.scan(file, size: size, deadline: .milliseconds(50)) }
            #expect(error == .deadlineExceeded(.milliseconds(50)))
            #expect(kill(lane, 0) == -1)
            #expect(try await fixture.scan(Specimens.text, in: pool).isClean)
        }
    }

    @Test("a cancelled scan ends at once, running or waiting")
    func honoursCancellation() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            try await fixture.whileScanning(in: pool, on: lane) { scan in
                let file = try fixture.write(Specimens.text, to: "waiting")
                let waiting = Task {
                    try await pool.scan(file, size: Int64(Specimens.text.count), deadline: .seconds(60))
                }
                waiting.cancel()
                #expect(await scanError { _ = try await waiting.value } == .cancelled)
                scan.cancel()
                #expect(await scanError { _ = try await scan.value } == .cancelled)
            }
            #expect(try await fixture.scan(Specimens.text, in: pool).isClean)
        }
    }

    @Test("a lane is confined: no privileges, few system calls, no capabilities, one socket")
    func confinesLanes() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            let status = try String(contentsOfFile: "/proc/\(lane)/status", encoding: .utf8)
            #expect(status.contains("Seccomp:\t2\n"))
            #expect(status.contains("NoNewPrivs:\t1\n"))
            #expect(status.contains("CapEff:\t0000000000000000\n"))
            #expect(status.contains("CapBnd:\t0000000000000000\n") || getuid() != 0)
            let sandbox = try #require(await pool.sandbox)
            #expect(sandbox.isSuperset(of: [.noNewPrivileges, .systemCalls, .limits, .noCapabilities]))
            if sandbox.contains(.files) { #expect(sandbox == .full) }
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(lane)/fd").sorted()
            // Beside the standard streams and the socket: where it unpacks, on disk and in memory.
            #expect(descriptors.starts(with: ["0", "1", "2", "3"]))
            for descriptor in descriptors.dropFirst(4) {
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(lane)/fd/\(descriptor)")
                #expect(target.hasSuffix("/disk") || target.hasSuffix("/memory"))
            }
            let environment = try Data(contentsOf: URL(filePath: "/proc/\(lane)/environ"))
            #expect(environment.isEmpty)
        }
    }

    @Test("a protection that is required and missing keeps a pool from starting")
    func requiresSandbox() async throws {
        try await Fixture.run { fixture in
            var configuration = fixture.configuration
            let unheardOf = ScanSandbox(rawValue: 1 << 30)
            configuration.requiredSandbox = [.systemCalls, unheardOf]
            let error = await scanError { _ = try await ScannerPool.start(configuration) }
            #expect(error == .sandboxMissing(unheardOf))
        }
    }

    @Test("a lane makes room for another after its share of files")
    func replacesLanes() async throws {
        try await Fixture.withPool {
            $0.filesPerLane = 3
        } _: { pool, fixture in
            var lanes: Set<Int32> = []
            for _ in 0..<6 {
                _ = try await fixture.scan(Specimens.text, in: pool)
                lanes.formUnion(await pool.processes.lanes)
            }
            #expect(lanes.count == 2)
            #expect(await pool.processes.lanes.isEmpty)
        }
    }
}

extension Fixture {
    /// The one lane of a pool that has scanned something.
    func idleLane(of pool: ScannerPool) async throws -> Int32 {
        _ = try await self.scan(Specimens.text, in: pool)
        return try #require(await pool.processes.lanes.first)
    }

    /// Stops the lane, hands it a file, and runs the body while it has it.
    func whileScanning(
        in pool: ScannerPool, on lane: Int32,
        _ body: (Task<ScanVerdict, any Error>) async throws -> Void
    ) async throws {
        kill(lane, SIGSTOP)
        let file = try self.write(Specimens.text, to: "under-way")
        let scan = Task { try await pool.scan(file, size: Int64(Specimens.text.count), deadline: .seconds(60)) }
        try await until { await pool.scanning == [lane] }
        try await body(scan)
        scan.cancel()
        _ = try? await scan.value
    }
}

/// Waits for something that is about to be true, at most ten seconds.
func until(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        try #require(ContinuousClock.now < end, "waited in vain")
        try await Task.sleep(for: .milliseconds(2))
    }
}
