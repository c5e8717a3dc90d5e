import Foundation
import Fuzzing
import NIOHTTP1
import Postgres
import Synchronization
import Testing

/// The upload protocol with the service's process killed in the middle of it; `UploadKillTests` does the same call by call,
/// within one process.
@Suite("Uploads while the service is killed", .serialized)
struct UploadProcessKillTests {
    /// Two parts, the second of them short; no archive, so that whatever is committed is refused and removed soon.
    private static let bytes = [UInt8](repeating: 7, count: (8 << 20) + 99)

    @Test(
        "after a hundred kills at any moment of the protocol no upload is open, and no object is left behind",
        .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1"))
    func hundredKills() async throws { try await self.run(kills: 100, seed: 1) }

    @Test("after a few kills at any moment of the protocol no upload is open, and no object is left behind")
    func fewKills() async throws { try await self.run(kills: 8, seed: 2) }

    private func run(kills: Int, seed: UInt64) async throws {
        try await withScenarioDirectory { root in
            let directory = root.appending(path: "up")
            var slipway = try await SlipwayProcess.up(directory)
            let game = try await Studio(slipway).createGame("Killed")
            var random = SeededGenerator(seed: seed)
            // One that nobody disturbs tells how long the protocol takes.
            let begun = ContinuousClock.now
            let first = Sender(version: "0", game: game)
            try await first.send(Self.bytes, Studio(slipway))
            let usual = ContinuousClock.now - begun

            var broken: [Sender.Step: Int] = [:]
            for round in 1...kills {
                let sender = Sender(version: "\(round)", game: game)
                let (studio, process, progress) = (try Studio(slipway), slipway.identifier, sender.progress)
                // In or shortly after the step whose turn it is.
                let step = Sender.Step.allCases[round % Sender.Step.allCases.count]
                let moment = usual * Double.random(in: 0..<0.1, using: &random)
                async let killed: Void = {
                    await progress.wait(for: step, atMost: usual * 4)
                    await SlipwayProcess.kill(process, after: moment)
                }()
                do { try await sender.send(Self.bytes, studio) } catch { broken[progress.step, default: 0] += 1 }
                await killed
                slipway.kill()
                slipway = try await SlipwayProcess.up(directory)
                // Four senders never come back, the next four go on where the service says.
                if round / 4 % 2 == 1 { try await sender.send(Self.bytes, Studio(slipway)) }
            }
            print("killed \(kills) times, in the middle of: \(broken)")
            #expect(kills < 50 || Sender.Step.allCases.allSatisfy { broken[$0] != nil }, "\(broken)")

            try await Self.makeOld(directory, database: slipway.database)
            for _ in 1...2 {
                slipway.kill()
                slipway = try await SlipwayProcess.up(directory)
                try await CrashTests.expectNothingStaged(directory, database: slipway.database)
            }
            let store = "\(directory.path)/store"
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(store)/.multipart").isEmpty)
            #expect(CrashTests.files(below: "\(store)/objects/uploads").isEmpty)
            slipway.stop()
        }
    }

    /// As if days had passed: what is open is over, and what the store holds open was begun long ago.
    private static func makeOld(_ directory: URL, database url: String) async throws {
        let database = Database(DatabaseConfiguration(url: url, maxConnections: 1))
        try await database.execute(
            "UPDATE upload_sessions SET expires_at = now() - interval '1 s' WHERE state = 'open'")
        await database.close()
        let multipart = "\(directory.path)/store/.multipart"
        let old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -200_000)]
        for name in FileManager.default.enumerator(atPath: multipart)?.compactMap({ $0 as? String }) ?? [] {
            try FileManager.default.setAttributes(old, ofItemAtPath: "\(multipart)/\(name)")
        }
    }
}

/// Who sends one version, and goes on when it comes back.
private final class Sender {
    enum Step: CaseIterable { case reserve, sign, part, complete }

    /// The step that a sender is at, for others to see.
    final class Progress: Sendable {
        private let reached = Mutex((step: Step.reserve, all: Set<Step>()))

        var step: Step { self.reached.withLock { $0.step } }

        func reach(_ step: Step) {
            self.reached.withLock {
                $0.step = step
                $0.all.insert(step)
            }
        }

        /// Returns when a step was reached, or after a while.
        func wait(for step: Step, atMost limit: Duration) async {
            let end = ContinuousClock.now + limit
            while ContinuousClock.now < end, !self.reached.withLock({ $0.all.contains(step) }) {
                try? await Task.sleep(for: .microseconds(200))
            }
        }
    }

    private let version: String
    private let game: String
    private var id: String?
    let progress = Progress()

    init(version: String, game: String) {
        self.version = version
        self.game = game
    }

    func send(_ bytes: [UInt8], _ studio: Studio) async throws {
        self.progress.reach(.reserve)
        let path = "/games/\(self.game)/versions"
        // No key of idempotency, since one whose request died stays taken for two minutes: an answer that was lost is looked up.
        let reserved = try await HTTP.send(
            .POST, studio.prefix + path, token: studio.token,
            json: ["version_string": self.version, "file_size": bytes.count])
        if reserved.status == 409 {
            let versions = try await studio.json(.GET, path, expecting: 200)["items"] as? [[String: Any]] ?? []
            self.id = versions.first { $0["version_string"] as? String == self.version }?["version_id"] as? String
        } else {
            let record = try JSONSerialization.jsonObject(with: Data(reserved.body)) as? [String: Any]
            self.id = record?["version_id"] as? String
        }
        guard let id = self.id else { throw Studio.Unexpected(what: "no version: \(reserved.status)") }
        let current = try await studio.version(id, of: self.game)
        guard current["status"] as? String == "uploading" else { return }
        let plan = try await studio.json(.GET, "\(path)/\(id)/upload", expecting: 200)
        let size = plan["part_size"] as? Int ?? 1
        let received = (plan["received"] as? [[String: Any]] ?? []).compactMap { $0["part_number"] as? Int }
        for number in 1...(plan["part_count"] as? Int ?? 1) where !received.contains(number) {
            self.progress.reach(.sign)
            let signed = try await studio.json(
                .POST, "\(path)/\(id)/upload/parts", ["part_numbers": [number]], expecting: 200)
            self.progress.reach(.part)
            let part = Array(bytes[(number - 1) * size..<min(number * size, bytes.count)])
            let url = (signed["parts"] as? [[String: Any]])?.first?["url"] as? String ?? ""
            let answer = try await HTTP.send(.PUT, url, bytes: part)
            guard answer.status == 200 else { throw Studio.Unexpected(what: "part \(number): \(answer.status)") }
        }
        self.progress.reach(.complete)
        _ = try await studio.json(.POST, "\(path)/\(id)/upload/complete", [:], expecting: 202)
    }
}
