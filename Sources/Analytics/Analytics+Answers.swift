public import Content
public import FoundationEssentials
import Logging
import Platform
public import Postgres
public import Storefront

extension Analytics {
    /// An answer, and whether it is as new as it should be.
    public struct Finding: Sendable {
        public let answer: AnalyticsAnswer
        public let fetchedAt: Date
        /// Whether it is an old answer, given because Analytics Service does not give a new one.
        public let isStale: Bool
    }

    /// Answers a question about one game of a company, or all of them.
    ///
    /// - Throws: ``AnalyticsError/unavailable``, `PostgresError` or `CancellationError`.
    public func find(
        _ query: AnalyticsQuery, of developer: DeveloperID, game: GameID?
    ) async throws -> Finding {
        let question = "\(game?.description ?? "*")/\(query.canonical)"
        let kept = try await self.kept(question, query, of: developer)
        if let kept, kept.isFresh { return kept.finding }
        do {
            let json = try await self.client.fetch(query, of: developer, game: game)
            let answer = try self.client.read(json, query)
            let fetchedAt = try await self.keep(json, for: question, of: developer)
            return Finding(answer: answer, fetchedAt: fetchedAt, isStale: false)
        } catch let error as ServiceError {
            Logger.current.warning("analytics did not answer", metadata: ["error": "\(error)"])
            guard let kept else { throw AnalyticsError.unavailable }
            return Finding(answer: kept.finding.answer, fetchedAt: kept.finding.fetchedAt, isStale: true)
        }
    }

    /// Forgets answers that are too old for any use.
    public func forgetAnswers() async throws(PostgresError) {
        try await self.database.execute(
            "DELETE FROM analytics_answers WHERE fetched_at < now() - \(self.policy.stale)::interval")
    }

    private func kept(
        _ question: String, _ query: AnalyticsQuery, of developer: DeveloperID
    ) async throws(PostgresError) -> (finding: Finding, isFresh: Bool)? {
        let row = try await self.database.row(
            """
            SELECT answer, fetched_at, fetched_at > now() - \(self.policy.fresh)::interval AS is_fresh
            FROM analytics_answers
            WHERE developer_id = \(developer) AND question = \(question)
              AND fetched_at > now() - \(self.policy.stale)::interval
            """)
        guard let row else { return nil }
        let text: String = try row("answer")
        // What an earlier program kept and this one cannot read is asked for again.
        guard let json = try? JSONParser.parse(Array(text.utf8)), let answer = try? AnalyticsAnswer(json, to: query)
        else {
            return nil
        }
        let finding = Finding(answer: answer, fetchedAt: try row("fetched_at"), isStale: false)
        return (finding, try row("is_fresh"))
    }

    private func keep(
        _ json: JSONValue, for question: String, of developer: DeveloperID
    ) async throws(PostgresError) -> Date {
        let row = try await self.database.row(
            """
            INSERT INTO analytics_answers (developer_id, question, answer)
            VALUES (\(developer), \(question), \(json.description))
            ON CONFLICT (developer_id, question) DO UPDATE SET answer = excluded.answer, fetched_at = now()
            RETURNING fetched_at
            """)
        guard let row else { throw .unexpected("INSERT … RETURNING gave no row") }
        return try row("fetched_at")
    }
}
