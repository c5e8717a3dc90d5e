import Accounts
import Archives
import ClamAV
import Content
import Foundation
import JobLifecycle
import JobQueue
import Jobs
import Patching
import Staging

extension Engine {
    /// Attempts at a time in each pool, unless an operator says otherwise: what two cores can use.
    static let defaultSlots: [QueueName: Int] = [
        "ingest": 2, "hash": 2, "plan": 1, "scan": 2, "transfer": 2, "publish": 2, "patch": 2, "events": 2, "clean": 1,
        "payouts": 2, "reports": 1, "review": 1, "rescan": 1,
        "media": 1, "releases": 1,
    ]

    /// Nobody waits for a build as one waits for an answer.
    private static let niceness = 10

    /// Starts the scanner; takes half a minute with a full set of signatures.
    func startScanner() async throws -> ScannerPool {
        var configuration = ScannerPool.Configuration(
            directory: "\(self.settings.dataDirectory)/scanner", lanes: self.slots["scan"] ?? 2)
        configuration.databaseDirectory = self.settings.signatureDirectory
        if let path = self.settings.scannerPath { configuration.helperPath = path }
        return try await ScannerPool.start(configuration)
    }

    func makeWorker(scanner: any MalwareScanner) throws -> Worker {
        var services = JobServices(
            pipeline: self.pipeline, builds: self.builds, accounts: Accounts(database: self.database),
            store: self.store, staging: try self.makeStaging(),
            scanner: scanner, events: self.events, http: self.http,
            webhookSecrets: self.webhookSecrets, invitations: self.invitations,
            notificationService: self.makeNotificationService(),
            webhookGate: WebhookGate(isDevelopment: self.settings.isDevelopment),
            signingKey: self.secrets.manifestKey,
            archiveLimits: .standard, scanWaivers: self.settings.scanWaivers,
            patches: PatchPolicy(
                versions: self.settings.patchVersions, rollbacks: 1, level: .standard, memory: .mebibytes(256),
                worthwhile: 0.95),
            money: self.money, hashThreads: ProcessInfo.processInfo.activeProcessorCount,
            shop: self.shopJobServices)
        services.ingestCheckpoints = self.settings.ingestCheckpoint
        let registry = JobRegistry.all(services)
        var configuration = Worker.Configuration(
            name: "\(ProcessInfo.processInfo.hostName)/\(ProcessInfo.processInfo.processIdentifier)",
            node: ProcessInfo.processInfo.hostName, slots: self.slots)
        configuration.niceness = Self.niceness
        return Worker(queue: self.queue, registry: registry, configuration: configuration)
    }

    func makeSignatureWatch(_ scanner: ScannerPool) -> SignatureWatch {
        SignatureWatch(scanner: scanner, rescans: RescanPlanner(builds: self.builds, queue: self.queue))
    }

    func makeStaging() throws -> StagingArea {
        try StagingArea(root: "\(self.settings.dataDirectory)/staging", watermark: self.settings.stagingReserve)
    }

    private var slots: [QueueName: Int] {
        var slots = Self.defaultSlots
        for (queue, count) in self.settings.slots { slots[QueueName(rawValue: queue)] = count }
        return slots
    }
}
