import Foundation
import NIOHTTP1
import Testing

/// The whole life of a game in one run, over real HTTP, with real builds, real jobs, a real scanner, and the platform's other
/// services in small.
@Suite("The life of a game", .serialized)
struct GameLifeTests {
    @Test(
        "AC-1, AC-3, TM-1, TM-5, VR-1, VR-3, VR-5, VR-10, AN-5, IN-3, IN-4, IN-6, IN-7, PB-1, PB-3, PB-6, PB-8: from registration to the bank, then an update, a rollout and a rollback"
    )
    func life() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(
                root, settings: ["SLIPWAY_PAYOUT_DELAY_SECONDS": "1", "SLIPWAY_LOG_LEVEL": "debug"], platform: true)
            let world = try await GameWorld(slipway)
            let studio = try await Self.foundStudio(world)
            let game = try await studio.admin.createGame("Life")
            let first = SampleBuild(seed: 11, megabytes: 2)
            let one = try await Self.uploadBothWays(first, game, studio)
            try await Self.fillPage(game, studio.admin)
            try await Self.release(one, of: game, studio.admin, world)
            try await Self.expectShown(game, one, world)
            try await Self.earnAndBePaid(game, studio, world)
            try await Self.hearPlayers(game, studio.admin, world)
            let two = try await Self.update(first.edited(), over: one, of: game, studio.admin, world)
            try await Self.rollOutAndBack(two, over: one, of: game, studio.admin, world)
            try await Self.leaveAndReturn(one, game, studio.admin, world)
            try await Self.expectTrueRecords(studio.admin, root)
            #expect(slipway.stop() == 0)
        }
    }

    /// Two people and the company they work for.
    struct Team {
        let admin: Studio
        let finance: Studio
        let company: String
    }

    /// AC-1, AC-3, TM-1, TM-5: a company is registered, checked by the platform, and grows by invitation.
    private static func foundStudio(_ world: GameWorld) async throws -> Team {
        let admin = try world.person()
        let registered = try await admin.view.json(
            .POST, "/accounts", ["company_name": "Scenario Games"], expecting: 201)
        let company = registered["developer_id"] as? String ?? ""
        #expect(registered["verification_status"] as? String == "pending")
        _ = try await admin.view.json(
            .POST, "/accounts/me/team", ["email": "finance@example.com", "role": "finance"], expecting: 403)
        try await world.wait(for: "/companies") { $0["developer_id"] as? String == company }
        try await world.desk(.POST, "/companies/\(company)", ["status": "verified"])
        let me = try await admin.view.json(.GET, "/accounts/me", expecting: 200)
        #expect(me["verification_status"] as? String == "verified")

        _ = try await admin.view.json(
            .POST, "/accounts/me/team", ["email": "finance@example.com", "role": "finance"], expecting: 201)
        let mail = try await world.wait(for: "/notifications") { $0["email"] as? String == "finance@example.com" }
        let token = (mail["data"] as? [String: Any])?["token"] as? String ?? ""
        let finance = try world.person()
        _ = try await finance.view.json(.POST, "/invitations/\(token)/accept", [:], expecting: 200)
        let team = try await admin.view.json(.GET, "/accounts/me/team", expecting: 200)["items"] as? [[String: Any]]
        #expect(Set((team ?? []).compactMap { $0["role"] as? String }) == ["admin", "finance"])
        // TM-5: by Account Service's word.
        #expect((team ?? []).allSatisfy { ($0["name"] as? String)?.hasPrefix("User ") == true })
        return Team(admin: admin.view, finance: finance.view, company: company)
    }

    /// VR-1, VR-3, VR-5: the same bytes by the portal and by a key of a CI make the same record; states come in their order.
    private static func uploadBothWays(_ build: SampleBuild, _ game: String, _ team: Team) async throws -> String {
        let made = try await team.admin.json(
            .POST, "/apikeys", ["name": "ci", "permissions": ["builds:write"]], expecting: 201)
        let ci = Studio(prefix: team.admin.prefix, token: made["api_key"] as? String ?? "")
        var records: [[String: Any]] = []
        for (sender, name) in [(team.admin, "1.0"), (ci, "1.0-ci")] {
            let version = try await sender.upload(build.tar, as: name, of: game)
            #expect(try await sender.version(version, of: game)["status"] as? String == "uploading")
            try await sender.commit(version, of: game)
            var seen: [String] = ["uploading"]
            while seen.last != "ready", seen.last != "failed", seen.count < 5 {
                let status = try await sender.version(version, of: game)["status"] as? String ?? ""
                if status != seen.last { seen.append(status) }
                try await Task.sleep(for: .milliseconds(100))
            }
            let order = ["uploading", "uploaded", "processing", "ready"]
            #expect(seen == order.filter(seen.contains) && seen.last == "ready")
            records.append(try await sender.outcome(of: version, of: game))
        }
        for field in ["file_hash", "file_size"] {
            #expect("\(records[0][field] ?? "")" == "\(records[1][field] ?? "-")", "\(field)")
        }
        let content = records.map { $0["content"] as? [String: Any] ?? [:] }
        #expect("\(content[0]["files"] ?? "")" == "\(content[1]["files"] ?? "-")")
        #expect("\(content[1]["new_chunks"] ?? "")" == "0")
        // VR-3: what is released stands under its own name, the upload under another.
        #expect((records[0]["s3_path"] as? String)?.hasPrefix("manifests/") == true)
        return records[0]["version_id"] as? String ?? ""
    }
}
