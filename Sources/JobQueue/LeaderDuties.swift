import JobLifecycle
import Logging

/// What has to be done once for all workers. The leader does it; should two believe they lead, it is harmless.
struct LeaderDuties: Sendable {
    let queue: JobQueue
    let schedules: [CronEntry]
    let silence: Duration
    let retention: Duration

    /// How often each duty is due.
    static let tick = Duration.milliseconds(250)

    /// One round; what fails is logged and comes again.
    ///
    /// - Parameters:
    ///   - round: counts the ticks.
    ///   - mayRescue: false just after an outage of the database.
    func run(round: Int, mayRescue: Bool) async {
        await self.attempt("make scheduled jobs available") {
            var rounds = 0
            while try await self.queue.promoteDue() == 1000, rounds < 100 { rounds += 1 }
        }
        if mayRescue {
            await self.attempt("rescue") {
                if try await self.queue.rescue(silentFor: self.silence) > 0 {
                    Logger.current.warning("rescued the jobs of a silent worker")
                }
            }
            if round % 4 == 0 {
                await self.attempt("end the sessions of dead workers") {
                    let ended = try await self.queue.endSessions(ofDeadFor: self.silence)
                    guard ended > 0 else { return }
                    Logger.current.warning(
                        "ended sessions that kept jobs of dead workers locked", metadata: ["sessions": "\(ended)"])
                }
            }
        }
        if round % 4 == 0 {
            await self.attempt("fire schedules") { try await self.queue.fire(self.schedules) }
            await self.attempt("recount keys") { try await self.queue.recountKeys() }
        }
        if round % 20 == 1 { await self.attempt("admit held jobs") { try await self.queue.admitHeld() } }
        if round % 40 == 2 {
            await self.attempt("tend partitions") {
                try await self.queue.tendPartitions(retention: self.retention)
            }
        }
        if round % 14_400 == 3 { await self.attempt("prune statistics") { try await self.queue.pruneStatistics() } }
    }

    private func attempt(_ what: String, _ work: () async throws -> Void) async {
        guard !Task.isCancelled else { return }
        do {
            try await work()
        } catch {
            Logger.current.warning("could not \(what)", metadata: ["error": "\(error)"])
        }
    }
}
