public import Content
public import Postgres
public import Storefront

extension Analytics {
    /// Has a report made, unless the same one is being made already.
    ///
    /// - Returns: the report, and whether it was there before.
    public func order(
        _ request: ReportRequest, for developer: DeveloperID, by user: UserID?
    ) async throws -> (report: ReportRecord, isNew: Bool) {
        try await self.database.transaction { transaction in
            try await self.order(request, for: developer, by: user, in: transaction)
        }
    }

    /// The report somebody asks for by its parameters alone: one that is being made, one that is ready and still says what
    /// it would say now, or a new one.
    public func findOrOrder(
        _ request: ReportRequest, for developer: DeveloperID, by user: UserID?
    ) async throws -> (report: ReportRecord, isNew: Bool) {
        try await self.database.transaction { transaction in
            // A period that was over when it was made does not change any more.
            let row = try await transaction.row(
                """
                SELECT \(ReportRecord.columns) FROM analytics_reports
                WHERE developer_id = \(developer) AND parameters = \(request.canonical) AND status = 'ready'
                  AND expires_at > now()
                  AND (created_at > now() - \(self.policy.reportFresh)::interval
                       OR to_date < (created_at AT TIME ZONE 'UTC')::date)
                ORDER BY created_at DESC, report_id
                LIMIT 1
                """)
            if let row { return (try ReportRecord(row), false) }
            return try await self.order(request, for: developer, by: user, in: transaction)
        }
    }

    private func order(
        _ request: ReportRequest, for developer: DeveloperID, by user: UserID?, in transaction: Transaction
    ) async throws -> (report: ReportRecord, isNew: Bool) {
        let inserted = try await transaction.row(
            """
            INSERT INTO analytics_reports
                (developer_id, type, format, from_date, to_date, game_id, country, parameters, requested_by)
            VALUES (\(developer), \(request.type.rawValue), \(request.format.rawValue),
                    \(request.period.from.description)::date, \(request.period.to.description)::date,
                    \(request.game.flatMap { GameID($0) }), \(request.country), \(request.canonical), \(user))
            ON CONFLICT (developer_id, parameters) WHERE status IN ('queued', 'generating') DO NOTHING
            RETURNING \(ReportRecord.columns)
            """)
        if let inserted {
            let report = try ReportRecord(inserted)
            try await self.observer.reportMoved(report, in: transaction)
            return (report, true)
        }
        let row = try await transaction.row(
            """
            SELECT \(ReportRecord.columns) FROM analytics_reports
            WHERE developer_id = \(developer) AND parameters = \(request.canonical)
            ORDER BY created_at DESC, report_id
            LIMIT 1
            """)
        guard let row else { throw PostgresError.unexpected("a report in the way is gone") }
        return (try ReportRecord(row), false)
    }

    /// The company's reports, newest first.
    ///
    /// - Parameter limit: 1 or more.
    public func reports(
        of developer: DeveloperID, status: ReportState?, after: ReportPosition?, limit: Int
    ) async throws(PostgresError) -> [ReportRecord] {
        var conditions: SQL = "developer_id = \(developer)"
        if let status { conditions = "\(conditions) AND status = \(status.rawValue)" }
        if let after {
            conditions = "\(conditions) AND \(after.isBefore(time: "created_at", id: "report_id"))"
        }
        return try await self.database.rows(
            """
            SELECT \(ReportRecord.columns) FROM analytics_reports
            WHERE \(conditions)
            ORDER BY created_at DESC, report_id
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try ReportRecord(row) }
    }

    /// - Returns: nil when it does not exist, or is another company's.
    public func report(_ id: ReportID, of developer: DeveloperID) async throws(PostgresError) -> ReportRecord? {
        try await self.database.row(
            """
            SELECT \(ReportRecord.columns) FROM analytics_reports
            WHERE report_id = \(id) AND developer_id = \(developer)
            """
        ).map { row throws(PostgresError) in try ReportRecord(row) }
    }

    /// Removes a report, in whatever state it is.
    ///
    /// - Parameter erase: deletes an object of the store; at the end of the transaction, so that no file is forgotten.
    /// - Returns: false when it does not exist, or is another company's.
    public func remove(
        _ id: ReportID, of developer: DeveloperID, erase: @Sendable (_ objectKey: String) async throws -> Void
    ) async throws -> Bool {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                DELETE FROM analytics_reports WHERE report_id = \(id) AND developer_id = \(developer)
                RETURNING \(ReportRecord.columns)
                """)
            guard let row else { return false }
            if let file = try ReportRecord(row).file { try await erase(file.objectKey) }
            return true
        }
    }
}
