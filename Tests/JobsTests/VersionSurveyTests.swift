import BuildStore
import Content
import Delta
import FoundationEssentials
import Postgres
import TestKit
import Testing

@testable import Jobs

@Suite("An update told before it is ready")
struct VersionSurveyTests {
    private func digest(_ number: UInt8) -> Digest { Digest(bytes: [UInt8](repeating: number, count: 32)) }

    private func version(
        _ name: String, _ files: [(path: String, chunks: [UInt8])], of game: GameID, _ developer: DeveloperID,
        in builds: BuildStore
    ) async throws -> VersionRecord {
        let reservation = try await builds.database.transaction { transaction in
            try await builds.reserve(
                name, of: game, developer: developer, fileSize: 1, changelog: nil, key: { "uploads/\($0)/\($1)" },
                in: transaction)
        }
        guard case .reserved(let record) = reservation else { throw PostgresError.unexpected("not reserved") }
        let records = try files.enumerated().map { number, file in
            FileRecord(
                number: number, path: try BuildPath(validating: file.path), entry: .file,
                size: Int64(file.chunks.count) * 1000, executable: false, target: nil, digest: nil)
        }
        let lists = files.enumerated().map { number, file in
            FileChunks(
                number: number,
                digest: Digest(bytes: file.chunks + [UInt8](repeating: 0, count: 32 - file.chunks.count)),
                chunks: ChunkList(file.chunks.map { ChunkList.Element(digest: self.digest($0), length: 1000) }))
        }
        try await builds.database.transaction { transaction in
            try await builds.record(records, of: record.id, in: transaction)
            try await builds.record(lists, of: record.id, in: transaction)
        }
        return record
    }

    @Test("chunk lists alone tell which files change and what that costs at most")
    func survey() async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            let builds = BuildStore(database: database)
            let (developer, game) = (DeveloperID(UUID()), GameID(UUID()))
            try await database.execute(
                "INSERT INTO developers (developer_id, company_name) VALUES (\(developer), 'c')")
            try await database.execute(
                "INSERT INTO games (game_id, developer_id, title) VALUES (\(game), \(developer), 't')")
            let old = try await self.version(
                "1.0", [("a.pak", [1, 2, 3]), ("b.bin", [4])], of: game, developer, in: builds)
            let new = try await self.version(
                "2.0", [("a.pak", [1, 9, 3]), ("c.bin", [4])], of: game, developer, in: builds)
            let survey = VersionSurvey(builds: builds)
            let contents = (old: try await survey.content(of: old), new: try await survey.content(of: new))
            let plan = PatchPlan(from: contents.old, to: contents.new)
            #expect(plan.changes.map(\.kind) == [.edited(from: [0]), .moved(from: 1)])
            let report = PatchReport(
                plan: plan, bytesByChunks: PatchPlan.bytesByChunks(from: contents.old, to: contents.new), summary: nil,
                isKept: false)
            #expect(report.preview.updateBytes == 1000 && report.preview.patchBytes == nil)
            #expect(report.preview.files.map(\.path) == ["a.pak"])
            await database.close()
        }
    }
}
