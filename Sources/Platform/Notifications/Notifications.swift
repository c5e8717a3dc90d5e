public import Content
public import Postgres
import Storefront

/// What people of a company are told: owner of `notifications` and `notification_preferences`.
public struct Notifications: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Notes the event for everybody the rule names, in the transaction that put it.
    ///
    /// - Returns: the event's number, when somebody is to be told by mail as well; nil when nobody is.
    public static func note(_ event: OutgoingEvent, in transaction: Transaction) async throws(PostgresError) -> Int64? {
        guard let rule = NotificationTopic.rule(for: event.type) else { return nil }
        let roles = rule.roles.map(\.rawValue).sorted()
        let row = try await transaction.row(
            """
            WITH event AS (
                SELECT max(seq) AS seq FROM outbox
                WHERE developer_id = \(event.developer) AND type = \(event.type) AND xid = pg_current_xact_id()
            ), told AS (
                SELECT team.user_id, coalesce(wish.email, true) AS email, coalesce(wish.portal, true) AS portal
                FROM developer_teams AS team
                LEFT JOIN notification_preferences AS wish
                    ON wish.developer_id = team.developer_id AND wish.user_id = team.user_id
                        AND wish.topic = \(rule.topic.rawValue)
                WHERE team.developer_id = \(event.developer) AND team.role = ANY (\(roles)::text[])
            ), noted AS (
                INSERT INTO notifications (developer_id, user_id, topic, event_seq)
                SELECT \(event.developer), user_id, \(rule.topic.rawValue), event.seq FROM told CROSS JOIN event
                WHERE portal
                ON CONFLICT (event_seq, user_id) DO NOTHING
            )
            SELECT seq FROM event WHERE EXISTS (SELECT FROM told WHERE email)
            """)
        return try row.map { row throws(PostgresError) in try row("seq") }
    }

    /// The event, and the people who are to be told of it by mail.
    ///
    /// - Returns: nil when there is no such event.
    public func message(_ seq: Int64) async throws(PostgresError) -> (event: CloudEvent, users: [UserID])? {
        let row = try await self.database.row(
            "SELECT \(CloudEvent.columns) FROM outbox AS event WHERE event.seq = \(seq)")
        guard let row else { return nil }
        let event = try CloudEvent(row)
        guard let rule = NotificationTopic.rule(for: event.type) else { return (event, []) }
        let roles = rule.roles.map(\.rawValue).sorted()
        let users = try await self.database.rows(
            """
            SELECT team.user_id FROM developer_teams AS team
            LEFT JOIN notification_preferences AS wish
                ON wish.developer_id = team.developer_id AND wish.user_id = team.user_id
                    AND wish.topic = \(rule.topic.rawValue)
            WHERE team.developer_id = \(event.developer) AND team.role = ANY (\(roles)::text[])
              AND coalesce(wish.email, true)
            ORDER BY team.user_id
            LIMIT 1000
            """)
        return (event, try users.map { row throws(PostgresError) in try row("user_id") })
    }

    /// What one person was told, newest first.
    ///
    /// - Parameters:
    ///   - before: the number of the last one of the page before.
    ///   - limit: 1 or more.
    public func list(
        of user: UserID, in developer: DeveloperID, unreadOnly: Bool, before: Int64?, limit: Int
    ) async throws(PostgresError) -> [NotificationRecord] {
        var conditions: SQL = "note.developer_id = \(developer) AND note.user_id = \(user)"
        if unreadOnly { conditions = "\(conditions) AND note.read_at IS NULL" }
        if let before { conditions = "\(conditions) AND note.notification_id < \(before)" }
        return try await self.database.rows(
            """
            SELECT note.notification_id, note.topic, note.created_at, note.read_at, \(CloudEvent.columns)
            FROM notifications AS note JOIN outbox AS event ON event.seq = note.event_seq
            WHERE \(conditions)
            ORDER BY note.notification_id DESC
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try NotificationRecord(row) }
    }

    /// Marks as read; what was read before keeps its time.
    ///
    /// - Parameter ids: nil for all.
    /// - Returns: how many were not read before.
    public func markRead(
        _ ids: [Int64]?, of user: UserID, in developer: DeveloperID
    ) async throws(PostgresError) -> Int {
        try await self.database.execute(
            """
            UPDATE notifications SET read_at = now()
            WHERE developer_id = \(developer) AND user_id = \(user) AND read_at IS NULL
              AND (\(ids)::bigint[] IS NULL OR notification_id = ANY (\(ids)::bigint[]))
            """)
    }

    /// What somebody wants to hear, topic by topic.
    public func preferences(
        of user: UserID, in developer: DeveloperID
    ) async throws(PostgresError) -> [NotificationPreference] {
        let rows = try await self.database.rows(
            """
            SELECT topic, email, portal FROM notification_preferences
            WHERE developer_id = \(developer) AND user_id = \(user)
            """)
        var kept: [String: NotificationPreference] = [:]
        for row in rows {
            let name: String = try row("topic")
            guard let topic = NotificationTopic(rawValue: name) else { continue }
            kept[name] = NotificationPreference(topic: topic, email: try row("email"), portal: try row("portal"))
        }
        return NotificationTopic.allCases.map {
            kept[$0.rawValue] ?? NotificationPreference(topic: $0, email: true, portal: true)
        }
    }

    /// Changes some of them.
    public func setPreferences(
        _ preferences: [NotificationPreference], of user: UserID, in developer: DeveloperID
    ) async throws(PostgresError) {
        try await self.database.execute(
            """
            INSERT INTO notification_preferences (developer_id, user_id, topic, email, portal)
            SELECT \(developer), \(user), topic, email, portal
            FROM unnest(\(preferences.map(\.topic.rawValue))::text[], \(preferences.map(\.email))::boolean[],
                        \(preferences.map(\.portal))::boolean[]) AS wish (topic, email, portal)
            ON CONFLICT (developer_id, user_id, topic) DO UPDATE SET email = excluded.email, portal = excluded.portal
            """)
    }
}
