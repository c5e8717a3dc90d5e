import ArgumentParser
import ClamAV
import Configuration
import Content
import Digests
import Foundation
import JobLifecycle
import JobQueue
import Migrations
import ObjectStore
import Postgres
import Staging

/// Checks what the program needs, and says what to do about what is missing.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks configuration, database, queue, store, signatures and scanner.",
        discussion: """
            Exits with 0 when all is well, 1 when something is not.

            Variables: SLIPWAY_DATABASE_URL, SLIPWAY_DATABASE_CONNECTIONS, SLIPWAY_HOST, SLIPWAY_PORT,
            SLIPWAY_PUBLIC_URL, SLIPWAY_DATA, SLIPWAY_KEYS, SLIPWAY_STORE (directory or s3), SLIPWAY_STORE_DIRECTORY,
            SLIPWAY_S3_ENDPOINT, SLIPWAY_S3_BUCKET, SLIPWAY_S3_REGION, SLIPWAY_S3_PATH_STYLE,
            SLIPWAY_S3_CA_FILE, SLIPWAY_S3_PARTS_IN_FLIGHT, AWS_ACCESS_KEY_ID,
            AWS_SECRET_ACCESS_KEY, SLIPWAY_SIGNATURES, SLIPWAY_SCANNER, SLIPWAY_JWKS_URL, SLIPWAY_JWT_ISSUER,
            SLIPWAY_JWT_AUDIENCE, SLIPWAY_SLOTS, SLIPWAY_PATCH_VERSIONS, SLIPWAY_EVENTS_URL,
            SLIPWAY_EVENTS_SECRET, SLIPWAY_SCAN_WAIVERS, SLIPWAY_MAX_BUILD_BYTES, SLIPWAY_INGEST_CHECKPOINT_BYTES,
            SLIPWAY_STAGING_RESERVE_BYTES,
            SLIPWAY_RESUMABLE_UPLOADS, SLIPWAY_UPLOAD_URL_SECONDS,
            SLIPWAY_<SERVICE>_URL, SLIPWAY_<SERVICE>_TOKEN, SLIPWAY_<SERVICE>_TOKEN_FILE, SLIPWAY_<SERVICE>_SECRET (for
            ACCOUNT, ADMIN, ANALYTICS, CATALOG, DOWNLOAD, NOTIFICATION, PAYMENT), SLIPWAY_SERVICE_TOKEN_FILE,
            SLIPWAY_SERVICE_CERTIFICATE, SLIPWAY_SERVICE_KEY, SLIPWAY_SERVICE_ROOTS,
            SLIPWAY_PAYOUT_MINIMUMS, SLIPWAY_PAYOUT_DELAY_SECONDS, SLIPWAY_PAYOUT_COOLDOWN_HOURS, SLIPWAY_PAYOUT_KEY,
            SLIPWAY_PAYOUT_SECOND_PERSON,
            SLIPWAY_CI_ISSUERS, SLIPWAY_RATES, SLIPWAY_TRUSTED_PROXIES, SLIPWAY_PRIVATE_WEBHOOKS, SLIPWAY_MEDIA_URL, SLIPWAY_READINESS,
            SLIPWAY_PUBLISH_UNVERIFIED, SLIPWAY_KEYS_PUBLISH, SLIPWAY_RECALL_INFECTED, SLIPWAY_KEEP_FAILED_DAYS,
            SLIPWAY_KEEP_AUDIT_DAYS, SLIPWAY_LOG_LEVEL

            Example: SLIPWAY_DATABASE_URL=postgresql://… slipway doctor --json
            """)

    @Flag(help: "Print the findings as JSON.") var json = false

    func run() async throws {
        _ = Observability.start(quiet: true)
        var findings: [Finding] = [Self.processor()]
        do {
            let settings = try Settings(reading: .slipway)
            findings.append(Finding(name: "configuration", problem: nil, detail: "read from the environment"))
            findings.append(await Self.database(settings))
            findings.append(await Self.rowSecurity(settings))
            findings.append(contentsOf: await Self.queue(settings))
            findings.append(await Self.store(settings))
            findings.append(Self.staging(settings))
            findings.append(await Self.scanner(settings))
        } catch {
            findings.append(Finding(name: "configuration", problem: "\(error)", detail: nil))
        }
        try self.print(findings)
        guard findings.allSatisfy({ $0.problem == nil }) else { throw ExitCode(1) }
    }

    private struct Finding: Encodable {
        let name: String
        let problem: String?
        let detail: String?
    }

    private func print(_ findings: [Finding]) throws {
        guard !self.json else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Swift.print(String(decoding: try encoder.encode(findings), as: UTF8.self))
            return
        }
        for finding in findings {
            let mark = finding.problem == nil ? "ok  " : "FAIL"
            Swift.print("\(mark)  \(finding.name): \(finding.problem ?? finding.detail ?? "")")
        }
    }

    private static func processor() -> Finding {
        Finding(
            name: "processor", problem: nil,
            detail: CPUFeatures.hasSHAExtensions
                ? "has SHA extensions" : "has no SHA extensions: hashing will be about six times slower")
    }

    private static func database(_ settings: Settings) async -> Finding {
        let database = Database(DatabaseConfiguration(url: settings.databaseURL, maxConnections: 1))
        defer { Task { await database.close() } }
        do {
            let version: String =
                try await database.row("SELECT current_setting('server_version') AS version")?("version") ?? "?"
            let pending = try await Migrator(database).status().filter { $0.state == .pending }
            guard pending.isEmpty else {
                return Finding(
                    name: "database",
                    problem: "\(pending.count) migrations are not applied: run `slipway migrate`", detail: nil)
            }
            return Finding(name: "database", problem: nil, detail: "PostgreSQL \(version), schema up to date")
        } catch {
            return Finding(name: "database", problem: "\(error): check SLIPWAY_DATABASE_URL", detail: nil)
        }
    }

    /// Whether statements for a company can be kept to its rows.
    private static func rowSecurity(_ settings: Settings) async -> Finding {
        let database = Database(DatabaseConfiguration(url: settings.databaseURL, maxConnections: 1))
        let finding: Finding
        do {
            let role = try await TenantRole.state(in: database)
            finding = Finding(name: "row security", problem: role.problem, detail: role.detail)
        } catch {
            // The database's own finding says why it cannot be asked.
            finding = Finding(name: "row security", problem: "could not be looked at: \(error)", detail: nil)
        }
        await database.close()
        return finding
    }

    /// One finding for each thing that is wrong with the queue, or one that all is well.
    private static func queue(_ settings: Settings) async -> [Finding] {
        let database = Database(DatabaseConfiguration(url: settings.databaseURL, maxConnections: 1))
        let findings: [Finding]
        do {
            let health = try await JobQueue(database: database).health()
            let dead = health.tables.reduce(0) { $0 + $1.deadRows }
            // Asked before the first worker starts, which is when doctors are asked.
            let problems = health.problems.filter { $0.code != "no-worker" }
            findings =
                problems.isEmpty
                ? [
                    Finding(
                        name: "queue", problem: nil,
                        detail: """
                            \(health.workers) \(health.workers == 1 ? "worker" : "workers"), plans pinned, a claim reads \(health.walkBuffers) buffers, \
                            \(dead) dead rows, room for \(health.runway) jobs before the next partition
                            """)
                ]
                : problems.map { problem in
                    let subject = problem.path.map { " (\($0))" } ?? ""
                    return Finding(
                        name: "queue", problem: "\(problem.code): \(problem.message)\(subject)", detail: nil)
                }
        } catch {
            // The database's own finding says why it cannot be asked.
            findings = [Finding(name: "queue", problem: "could not be looked at: \(error)", detail: nil)]
        }
        await database.close()
        return findings
    }

    private static func store(_ settings: Settings) async -> Finding {
        do {
            let engine = try await Engine(settings: settings, secrets: try Secrets.load(from: settings.keysDirectory))
            let key = try ObjectKey(validating: "doctor/\(UUID().uuidString)")
            let found = try await (engine.store as? S3Store)?.probe()
            _ = try await engine.store.put(key, .bytes(Array("slipway".utf8)), digest: nil, condition: .always)
            let back = try await engine.store.read(key, range: nil, limit: .kibibytes(1))
            try await engine.store.delete([key])
            await engine.close()
            guard back == Array("slipway".utf8) else {
                return Finding(name: "store", problem: "gave other bytes back than it was given", detail: nil)
            }
            return Finding(
                name: "store", problem: nil,
                detail: "takes, gives back and deletes objects\(found.map { "; \($0)" } ?? "")")
        } catch let error as ObjectStoreError {
            return Finding(name: "store", problem: "\(error): \(error.hint)", detail: nil)
        } catch {
            return Finding(name: "store", problem: "\(error)", detail: nil)
        }
    }

    private static func staging(_ settings: Settings) -> Finding {
        do {
            let free = try StagingArea(root: "\(settings.dataDirectory)/staging", watermark: settings.stagingReserve)
                .freeBytes
            return Finding(name: "staging", problem: nil, detail: "\(free) free in \(settings.dataDirectory)")
        } catch {
            return Finding(name: "staging", problem: "\(error): check SLIPWAY_DATA", detail: nil)
        }
    }

    private static func scanner(_ settings: Settings) async -> Finding {
        var configuration = ScannerPool.Configuration(directory: "\(settings.dataDirectory)/scanner", lanes: 1)
        configuration.databaseDirectory = settings.signatureDirectory
        if let path = settings.scannerPath { configuration.helperPath = path }
        do {
            let pool = try await ScannerPool.start(configuration)
            let engine = await pool.engine
            await pool.shutdown()
            guard !engine.isBundledSet else {
                return Finding(
                    name: "scanner",
                    problem:
                        "no signatures in \(settings.signatureDirectory): run freshclam, or set SLIPWAY_SIGNATURES",
                    detail: nil)
            }
            return Finding(
                name: "scanner", problem: nil,
                detail: "ClamAV \(engine.engineVersion), \(engine.databaseVersion), \(engine.signatureCount) signatures"
            )
        } catch {
            return Finding(name: "scanner", problem: "\(error)", detail: nil)
        }
    }
}
