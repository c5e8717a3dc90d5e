import JobLifecycle
import Testing

@Suite("Simulation of the queue")
struct SimulationTests {
    @Test("in every history of kills, freezes and lost messages each job has its effect and its end exactly once")
    func histories() {
        var interrupted = 0
        for seed in 1...Self.seeds {
            var simulation = Simulation(seed: seed)
            let outcome = simulation.run()
            interrupted += outcome.interrupted
            #expect(outcome.violation == nil, "seed \(seed)")
        }
        #expect(interrupted > Int(Self.seeds), "the trouble must hit somebody, or this shows nothing")
    }

    @Test(
        "a broken queue is found out: without its fence, without keys, without taking back, without limits",
        arguments: [SimulatedTables.Mutation.noFence, .noKey, .noTakeBack, .noLimit])
    func mutants(mutation: SimulatedTables.Mutation) {
        let caught = (1...Self.seeds).first { seed in
            var simulation = Simulation(seed: seed, mutation: mutation)
            return simulation.run().violation != nil
        }
        #expect(caught != nil)
    }

    @Test("the same seed gives the same history")
    func repeatable() {
        var first = Simulation(seed: 7)
        var second = Simulation(seed: 7)
        #expect(first.run().steps == second.run().steps)
    }

    private static let seeds: UInt64 = 500
}
