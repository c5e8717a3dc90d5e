import Content
import Digests
public import Postgres

/// Answers kept under an Idempotency-Key, so that a request whose answer was lost can be sent again: owner of
/// `idempotency_keys`.
///
/// Only what was done is kept. A refusal did nothing, so its key is free again at once. An execution that dies with its
/// process frees its key after ``patience``; what must not happen twice even then is keyed in its own table, too.
public struct IdempotencyStore: Sendable {
    private let database: Database
    private let secret: [UInt8]

    /// How long an answer is kept.
    public static let retention = Duration.seconds(86_400)
    /// How long an execution may take; longer than any request lives.
    public static let patience = Duration.seconds(120)

    /// - Parameter secret: 32 secret bytes or more, the same in every process: what was sent may be guessed from a plain
    ///   hash.
    public init(database: Database, secret: [UInt8]) {
        precondition(secret.count >= 32, "a secret has at least 32 bytes")
        self.database = database
        self.secret = secret
    }

    /// What a request is the same as.
    public struct Scope: Sendable {
        let digest: Digest

        /// - Parameter principal: who sends it, for which company.
        public init(principal: String, method: String, path: String, key: IdempotencyKey) {
            self.digest = Digest.sha256(of: Array("\(principal)\n\(method)\n\(path)\n\(key.value)".utf8))
        }
    }

    /// The right to execute a request.
    public struct Claim: Sendable {
        let scope: Scope
        let attempt: Int32
    }

    public enum Beginning: Sendable {
        /// Execute it, then ``finish(_:_:)`` or ``release(_:)``.
        case fresh(Claim)
        /// It was done; this was the answer.
        case done(KeptAnswer)
        /// It is being done at this moment.
        case inFlight
        /// The key stands for something else that was sent.
        case reused
    }

    /// - Parameter payload: what is sent.
    public func begin(_ scope: Scope, payload: [UInt8]) async throws(PostgresError) -> Beginning {
        let code = HMACSHA256.authenticate(payload, key: self.secret)
        // A row may be reaped between the two statements; then the first one succeeds.
        for _ in 0..<2 {
            let claimed = try await self.database.row(
                """
                INSERT INTO idempotency_keys AS kept (scope, payload, locked_until, expires_at)
                VALUES (\(scope.digest), \(code), now() + \(Self.patience), now() + \(Self.retention))
                ON CONFLICT (scope) DO UPDATE
                SET payload = excluded.payload, attempt = kept.attempt + 1, locked_until = excluded.locked_until,
                    expires_at = excluded.expires_at, status = NULL, headers = NULL, body = NULL
                WHERE kept.expires_at <= now() OR kept.status IS NULL AND kept.locked_until <= now()
                RETURNING attempt
                """)
            if let claimed { return .fresh(Claim(scope: scope, attempt: try claimed("attempt"))) }
            let row = try await self.database.row(
                "SELECT payload, status, headers::text, body FROM idempotency_keys WHERE scope = \(scope.digest)")
            guard let row else { continue }
            let kept: [UInt8] = try row("payload")
            guard constantTimeEquals(kept, code) else { return .reused }
            let status: Int32? = try row("status")
            guard let status else { return .inFlight }
            let headers: JSON<[String: String]> = try row("headers")
            return .done(KeptAnswer(status: Int(status), headers: headers.value, body: try row("body")))
        }
        return .inFlight
    }

    /// Keeps the answer.
    public func finish(_ claim: Claim, _ answer: KeptAnswer) async throws(PostgresError) {
        try await self.database.execute(
            """
            UPDATE idempotency_keys
            SET status = \(Int32(answer.status)), headers = \(JSON(answer.headers)), body = \(answer.body)
            WHERE scope = \(claim.scope.digest) AND attempt = \(claim.attempt) AND status IS NULL
            """)
    }

    /// Frees the key: nothing was done.
    public func release(_ claim: Claim) async throws(PostgresError) {
        try await self.database.execute(
            """
            DELETE FROM idempotency_keys
            WHERE scope = \(claim.scope.digest) AND attempt = \(claim.attempt) AND status IS NULL
            """)
    }

    /// Deletes what was kept long enough; some at a time.
    public func reap() async throws(PostgresError) {
        try await self.database.execute(
            """
            DELETE FROM idempotency_keys WHERE scope IN (
                SELECT scope FROM idempotency_keys WHERE expires_at < now() ORDER BY expires_at LIMIT 10000
                FOR UPDATE SKIP LOCKED)
            """)
    }
}

/// An answer as it was given, without what was secret in it.
public struct KeptAnswer: Equatable, Sendable {
    public let status: Int
    public let headers: [String: String]
    public let body: [UInt8]

    public init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
