import Analytics
import Content
import Digests
import Games
public import JobLifecycle
public import JobQueue
import ObjectStore
import Postgres
import Storefront

/// Makes the file of a report: asks Analytics Service game by game and writes what it says.
///
/// The file's name is the report's, so that a repeat replaces it. A report that was removed meanwhile leaves nothing.
public struct GenerateReport: Job {
    public static let kind: JobKind = "generate-report"
    public static let policy = JobPolicy(
        queue: "reports", retry: RetryPolicy(maxAttempts: 8, base: .seconds(2), cap: .seconds(300)),
        timeout: .seconds(1800))

    let report: ReportID
}

struct GenerateReportHandler: JobHandler {
    let analytics: Analytics
    let games: Games
    let store: any ObjectStore

    /// Games of one report, and bytes of one file: more of either is for a smaller period.
    private static let mostGames = 1000
    private static let largestFile = ByteCount.mebibytes(64)

    func perform(_ work: GenerateReport, attempt: Attempt) async throws -> Outcome {
        guard let report = try await self.analytics.begin(work.report) else { return .completed }
        let games = try await self.games(of: report)
        attempt.report { $0.itemsTotal = Int64(games.count) }
        var writer = ReportWriter(report.request)
        for game in games {
            try Task.checkCancellation()
            let answer = try await self.analytics.service.answer(
                report.request.query, of: report.developer, game: game.id)
            writer.append(answer, of: game.id, title: game.title)
            guard writer.size <= Self.largestFile.bytes else { throw Self.tooLarge }
            attempt.report { $0.itemsDone += 1 }
        }
        let (bytes, rows) = writer.finish()
        let key = try StoreLayout.report(work.report, format: report.request.format, of: report.developer)
        let digest = Digest.sha256(of: bytes)
        _ = try await self.store.put(key, .bytes(bytes), digest: digest, condition: .always)
        let file = ReportFile(objectKey: key.text, size: Int64(bytes.count), digest: digest, rows: rows)
        return .completed { transaction in
            guard try await !self.analytics.finish(work.report, file, in: transaction) else { return }
            try await self.store.delete([key])
        }
    }

    func abandon(_ work: GenerateReport, failure: Failure, in transaction: Transaction) async throws {
        try await self.analytics.fail(work.report, because: failure, in: transaction)
    }

    private func games(of report: ReportRecord) async throws -> [GameRecord] {
        if let game = report.game {
            guard let found = try await self.games.game(game, of: report.developer) else { return [] }
            return [found]
        }
        var games: [GameRecord] = []
        while true {
            let page = try await self.games.list(
                of: report.developer, status: nil, titlePart: nil, after: games.last?.position, limit: 200)
            games += page
            guard games.count <= Self.mostGames else { throw Self.tooLarge }
            if page.count < 200 { return games }
        }
    }

    private static var tooLarge: BuildFailure {
        BuildFailure(
            Failure(
                code: "report-too-large",
                message: "a report has at most \(self.mostGames) games and \(self.largestFile)", retryable: false,
                hint: "ask for one game, or for a shorter period"))
    }
}
