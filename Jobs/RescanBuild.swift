import BuildStore
import ClamAV
import Content
import Digests
public import JobLifecycle
public import JobQueue
import ManifestSigning
import ObjectStore
import Postgres
import Releases
import Staging

/// After the signatures changed: looks again at what a ready version is made of.
///
/// Goes by the inventory: contents that the new engine has seen in another version, or in a run that was cut short, are
/// not fetched again. Those left are put together from their packs, one after another, and scanned. What is found now
/// is kept as evidence, and told; a version that players could get is recalled. Safe to repeat.
public struct RescanBuild: Job {
    public static let kind: JobKind = "rescan-build"
    public static let policy = JobPolicy(
        queue: "rescan", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(24 * 3600), priority: 100)

    let version: VersionID
}

struct RescanBuildHandler: JobHandler {
    let builds: BuildStore
    let releases: Releases
    let store: any ObjectStore
    let staging: StagingArea
    let contents: ContentScan
    let quarantine: Quarantine
    let events: Events
    let key: Ed25519.VerifyingKey

    private static let page = 64

    func perform(_ work: RescanBuild, attempt: Attempt) async throws -> Outcome {
        guard let version = try await self.builds.version(work.version, in: self.builds.database),
            version.status == .ready
        else { return .completed }
        let engine = await self.contents.scanner.engine
        let stored = StoredContent(
            manifest: try await self.manifest(of: version), developer: version.developer, store: self.store)
        let indexes = Dictionary(
            stored.manifest.entries.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
        let scratch = try self.staging.scratch("rescan-\(version.id)")
        defer { try? scratch.remove() }
        var last = -1
        while true {
            let files = try await self.builds.unscanned(
                of: version.id, engine: engine.id, after: last, limit: Self.page)
            guard let end = files.last else { break }
            var seen: Set<Digest> = []
            for file in files {
                guard let digest = file.digest, seen.insert(digest).inserted, let index = indexes[file.path] else {
                    continue
                }
                try Task.checkCancellation()
                try await self.scan(file, digest, at: index, of: stored, version, engine, in: scratch)
                attempt.report { progress in
                    progress.itemsDone += 1
                    progress.bytesDone += file.size
                }
            }
            last = end.number
        }
        let found = try await self.builds.quarantined(of: version.id, limit: 100).filter { $0.engine == engine.id }
        return .completed { transaction in
            try await self.builds.finishRescan(of: version.id, engine: engine.id, in: transaction)
            guard !found.isEmpty else { return }
            try await self.events.tell(
                "version.infected", of: version, VersionInfected(version, found), in: transaction)
            let signatures = Set(found.map(\.signature)).sorted().prefix(5).joined(separator: ", ")
            try await self.releases.meetInfection(
                of: version.id, reason: "malware was found in it: \(signatures)", in: transaction)
        }
    }

    private func scan(
        _ file: FileRecord, _ digest: Digest, at index: Int, of stored: StoredContent, _ version: VersionRecord,
        _ engine: ScanEngine, in scratch: StagingScratch
    ) async throws {
        try scratch.remove("content")
        var writer = try scratch.create("content")
        try await stored.write(index, into: &writer)
        writer.close()
        let subject = ScanSubject(path: file.path, source: try scratch.open("content"))
        guard let verdict = try await self.contents.verdicts(of: [subject], membersIn: scratch).first else { return }
        if case .infected(let signature, _) = verdict {
            try await self.quarantine.keep(
                subject, digest: digest, signature: signature, engine: engine, of: version)
        }
        try await self.builds.record(
            [ScanRecord(digest: digest, verdict: verdict)], engine: engine.id, in: self.builds.database)
    }

    private func manifest(of version: VersionRecord) async throws -> Manifest {
        let bytes = try await self.store.read(
            try ObjectKey(validating: version.s3Path), range: nil, limit: .gibibytes(2))
        return try ManifestEnvelope.open(bytes, trusting: [self.key]).0
    }
}

/// The data of `version.infected`: what a published version turned out to hold.
private struct VersionInfected: Encodable {
    struct Finding: Encodable {
        let path: String
        let digest: Digest
        let signature: String
    }

    let gameId: GameID
    let versionId: VersionID
    let versionString: String
    let engine: String?
    let findings: [Finding]

    init(_ version: VersionRecord, _ found: [QuarantineRecord]) {
        self.gameId = version.game
        self.versionId = version.id
        self.versionString = version.versionString
        self.engine = found.first?.engine
        self.findings = found.map { Finding(path: $0.path, digest: $0.digest, signature: $0.signature) }
    }
}
