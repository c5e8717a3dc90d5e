import Foundation
import Testing

/// The queue's promise, held against processes that die and freeze at the worst moments.
@Suite("Kill meter", .serialized)
struct KillMeterTests {
    /// A quick measurement unless `SLIPWAY_LONG_TESTS=1` asks for the long one.
    private static let wanted = ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1" ? 1000 : 200

    @Test("whatever is killed or frozen while it runs, no job is lost and no effect happens twice")
    func exactlyOnce() async throws {
        let reading = try await KillMeter(mutant: "none", wanted: Self.wanted, strikes: Self.wanted).run()
        print("kill meter: \(reading)")
        #expect(reading.interrupted >= Self.wanted, "\(reading)")
        #expect(reading.frozen > 0, "\(reading)")
        #expect(reading.isExact, "\(reading)")
    }

    @Test(
        "workers whose clocks are an hour off, one each way, do all there is, and nobody takes them for dead",
        .enabled(if: MeasuredProcess.fakeTime != nil, "libfaketime is not installed; ops/setup installs it"))
    func clocks() async throws {
        let reading = try await KillMeter(mutant: "none", wanted: 0, strikes: 0, clocks: ["+1h", "-1h", nil]).run()
        print("clocks: \(reading)")
        #expect(reading.isExact && reading.jobs > 0, "\(reading)")
        #expect(reading.rescued == 0 && reading.oddTimes == 0, "\(reading)")
    }

    @Test(
        "the meter notices a queue whose fence is broken, handlers that go around it, effects without a key, and work after the end",
        arguments: [KillMeter.brokenFence, "unfenced", "unkeyed", "hasty"])
    func catches(mutant: String) async throws {
        let reading = try await KillMeter(mutant: mutant, wanted: 40, strikes: 12).run()
        print("kill meter, \(mutant): \(reading)")
        #expect(!reading.isExact, "the meter is void: \(reading)")
    }
}
