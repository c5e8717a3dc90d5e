import Access
import BuildStore
import Foundation
import Games
import JobLifecycle
import JobQueue
import Jobs
import Logging
import Metrics
import Platform
import Postgres
import ServiceLifecycle
import Uploads

/// What has to be looked after from time to time; any number of processes may do it at once.
struct Maintenance: Service, CustomStringConvertible {
    let engine: Engine

    /// Services are logged by their description, and the settings in this one hold passwords.
    var description: String { "maintenance" }

    func run() async throws {
        try await self.engine.ensureListeners()
        var round = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await self.attempt("deliver events") { try await self.engine.events.deliverPending() }
            await self.attempt("measure the queue") { try await self.measure() }
            if round.isMultiple(of: 12) {
                await self.attempt("reap uploads") {
                    try await self.engine.uploads.reap { try await self.engine.pipeline.discard($0, in: $1) }
                }
                await self.attempt("reap kept answers") { try await self.engine.keptAnswers.reap() }
                await self.attempt("reap keys of CI jobs") {
                    let keys = APIKeys(database: self.engine.database, pepper: self.engine.secrets.pepper)
                    try await keys.reapExchanged()
                }
                await self.attempt("reap quotas") { try await self.engine.rates.reap() }
                await self.attempt("find orphaned builds") { try await self.engine.pipeline.failOrphans() }
                await self.attempt("find orphaned media") { try await self.engine.media.failOrphans() }
            }
            if round.isMultiple(of: 720) {
                await self.attempt("sweep uploads") { try await self.sweep() }
                await self.attempt("fold the storage ledger") { try await self.engine.builds.foldStorageLedger() }
                await self.attempt("collect garbage") { try await self.engine.collectGarbage() }
            }
            if round.isMultiple(of: self.engine.settings.money.pollRounds) {
                await self.attempt("poll payment service") { try await self.engine.money.poll() }
            }
            if round.isMultiple(of: 720) { await self.attempt("tidy up") { try await self.engine.money.tidy() } }
            if round.isMultiple(of: 720) {
                await self.attempt("let old audit rows go") {
                    try await PruneAuditLog.plan(
                        on: self.engine.queue, database: self.engine.database,
                        retention: self.engine.settings.shop.retention.auditLog)
                }
            }
            round += 1
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(5)) }
        }
    }

    private func attempt(_ what: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            Logger.current.warning("could not \(what)", metadata: ["error": "\(error)"])
        }
    }

    /// Removes uploads in the store that nobody knows, and tells how many there are of each sort.
    private func sweep() async throws {
        let swept = try await self.engine.uploads.sweep(olderThan: .seconds(86_400))
        Gauge(label: "slipway_store_uploads_open").record(swept.known)
        Gauge(label: "slipway_store_uploads_unknown").record(swept.young)
        Counter(label: "slipway_store_uploads_swept_total").increment(by: swept.removed)
        Counter(label: "slipway_store_aborts_failed_total").increment(by: swept.failed)
        guard swept.removed + swept.failed > 0 else { return }
        Logger.current.notice(
            "uploads that nobody knew",
            metadata: ["uploads.removed": "\(swept.removed)", "uploads.failed": "\(swept.failed)"])
    }

    private func measure() async throws {
        for depth in try await self.engine.queue.depths() {
            let labels = [("queue", depth.queue.rawValue)]
            Gauge(label: "slipway_queue_depth", dimensions: labels).record(depth.ready)
            Gauge(label: "slipway_queue_running", dimensions: labels).record(depth.running)
            Gauge(label: "slipway_queue_oldest_age_seconds", dimensions: labels)
                .record((depth.oldest ?? .zero) / .seconds(1))
        }
        let health = self.engine.database.health
        Gauge(label: "slipway_pg_pool_open").record(health.open)
        Gauge(label: "slipway_pg_pool_idle").record(health.idle)
        Gauge(label: "slipway_pg_pool_waiting").record(health.waiting)
    }
}
