import Foundation
import QueueSimulation
import Testing

@Suite("Simulation of the queue")
struct SimulationTests {
    /// `SLIPWAY_LONG_TESTS=1` asks for a hundred times as many.
    private static let seeds: UInt64 =
        ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1" ? 200_000 : 2000

    @Test("in every history of kills, freezes, failures, cancels and lost messages each job has one effect and one end")
    func histories() {
        var interrupted = 0
        for seed in 1...Self.seeds {
            var simulation = Simulation(seed: seed)
            let outcome = simulation.run()
            interrupted += outcome.interrupted
            if let violation = outcome.violation { Issue.record("seed \(seed): \(violation)") }
        }
        #expect(interrupted > Int(Self.seeds), "the trouble must hit somebody, or this shows nothing")
    }

    @Test(
        "a broken queue is found out: without fence, keys, taking back or limits, or with slots that are lost, or batches ended whole too soon",
        arguments: [Mutation.noFence, .noKey, .noTakeBack, .noLimit, .lostSlots, .wholeBatches])
    func mutants(mutation: Mutation) {
        let caught = (1...500 as ClosedRange<UInt64>).first { seed in
            var simulation = Simulation(seed: seed, mutation: mutation)
            return simulation.run().violation != nil
        }
        #expect(caught != nil)
    }

    @Test("the same seed gives the same history")
    func repeatable() {
        for seed in [7, 8, 9] as [UInt64] {
            var first = Simulation(seed: seed)
            var second = Simulation(seed: seed)
            #expect(first.run().steps == second.run().steps)
        }
    }
}
