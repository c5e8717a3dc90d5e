import ArgumentParser
import QueueSimulation

extension SlipwayBench {
    /// Histories of the simulated queue, one seed each.
    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs the simulation of the queue's state machines; every history is a seed.",
            discussion: "Ends with 1, and the seed, at the first history that breaks a rule.")

        @Option(help: "How many histories.") var histories = 20_000
        @Option(help: "The first seed.") var seed: UInt64 = 1

        func run() throws {
            var steps = 0, interrupted = 0
            let began = ContinuousClock.now
            for seed in self.seed..<self.seed + UInt64(max(self.histories, 1)) {
                var simulation = Simulation(seed: seed)
                let outcome = simulation.run()
                steps += outcome.steps
                interrupted += outcome.interrupted
                if let violation = outcome.violation {
                    print("{\"seed\":\(seed),\"violation\":\"\(violation)\"}")
                    throw ExitCode.failure
                }
            }
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            let rate = Int(Double(self.histories) / seconds)
            print(
                """
                {"histories":\(self.histories),"steps":\(steps),"interrupted":\(interrupted),"histories_per_second":\(rate)}
                """)
        }
    }
}
