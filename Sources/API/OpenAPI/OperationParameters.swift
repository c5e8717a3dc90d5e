import BuildStore
import JobLifecycle
import Platform
import Storefront

/// What an operation takes in its path, its query and its headers, as OpenAPI has it.
enum OperationParameters {
    static func all(of route: RouteDeclaration) -> [JSONValue] {
        var parameters = route.components.filter { $0.hasPrefix("{") }.map { component in
            let name = String(component.dropFirst().dropLast())
            return self.parameter(name, in: "path", self.pathSchema(name))
        }
        parameters += self.query(of: route.operation).map { self.parameter($0.name, in: "query", $0.schema) }
        if route.idempotency != .ignored {
            parameters.append(
                self.parameter(
                    "Idempotency-Key", in: "header", ["type": "string", "minLength": 1, "maxLength": 255],
                    isRequired: route.idempotency == .required))
        }
        if route.heedsIfMatch { parameters.append(self.parameter("If-Match", in: "header", self.tag)) }
        if route.answersUnchanged { parameters.append(self.parameter("If-None-Match", in: "header", self.tag)) }
        if route.operation == .watchJob || route.operation == .listEvents {
            parameters.append(
                self.parameter("Last-Event-ID", in: "header", ["type": "string", "pattern": "^[0-9]{1,18}$"]))
        }
        if case .permission = route.access {
            parameters.append(self.parameter("X-Developer-Id", in: "header", self.identifier))
        }
        return parameters
    }

    private static let tag: JSONValue = ["type": "string", "description": "An ETag, or * for any"]
    private static let identifier: JSONValue = ["type": "string", "format": "uuid"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]
    private static let limit: (name: String, schema: JSONValue) =
        ("limit", ["type": "integer", "minimum": 1, "maximum": .integer(Page<Never>.maximum), "default": 50])
    private static let cursor: (name: String, schema: JSONValue) = ("cursor", ["type": "string"])

    private static func query(of operation: Operation) -> [(name: String, schema: JSONValue)] {
        switch operation {
        case .listGames:
            [
                ("status", self.words(GameStatus.self)), ("q", ["type": "string", "maxLength": 255]), self.limit,
                self.cursor,
            ]
        case .listVersions: [("status", self.words(VersionState.self)), self.limit, self.cursor]
        case .listFiles: [self.limit, self.cursor]
        case .listJobs:
            [("version_id", self.identifier), ("state", self.words(JobState.self)), self.limit, self.cursor]
        case .listAudit:
            [
                ("action", ["type": "string", "maxLength": 100]), ("actor", ["type": "string", "maxLength": 100]),
                ("target", ["type": "string", "maxLength": 200]), ("from", self.time), ("to", self.time), self.limit,
                self.cursor,
            ]
        case .listNotifications:
            [("unread", ["type": "string", "enum": ["true", "false"]]), self.limit, self.cursor]
        case .listDeliveries: [("status", self.words(WebhookDelivery.State.self)), self.limit, self.cursor]
        case .listEvents:
            [
                ("after", ["type": "integer", "minimum": 0]), ("types", ["type": "string", "maxLength": 1000]),
                self.limit,
            ]
        case .verifyAudit:
            [
                ("seq", ["type": "integer", "minimum": 1]),
                ("hash", ["type": "string", "pattern": "^[0-9a-f]{64}$"]),
            ]
        case .listPatches, .previewUpdate: [("from", self.identifier)]
        case .listAllJobs: [("state", self.words(JobState.self))] + self.jobFilter + [self.limit, self.cursor]
        case .listDeadJobs: self.jobFilter + [self.limit, self.cursor]
        case .changePool: [("node", ["type": "string", "maxLength": 128])]
        case .listStorageUsage: [self.limit]
        case .getStatistics: [("window", ["type": "string", "pattern": "^[0-9]{1,5}(s|ms)?$"])]
        case .listQueueAudit: [("subject", ["type": "string", "maxLength": 300]), self.limit, self.cursor]
        case .getAnalyticsSummary: [("game_id", self.identifier)] + self.analytics
        case .getGameAnalytics: self.analytics
        case .listReports:
            [
                ("status", self.words(ReportState.self)), ("type", self.words(ReportType.self)), ("from", self.day),
                ("to", self.day), ("format", self.words(ReportFormat.self)), ("game_id", self.identifier),
                ("country", self.country), self.limit, self.cursor,
            ]
        case .listPayouts: [("status", self.words(PayoutState.self)), self.limit, self.cursor]
        case .listTransactions:
            [
                ("type", ["type": "string"]), ("currency", ["type": "string", "pattern": "^[A-Z]{3}$"]),
                ("game_id", self.identifier), ("from", ["type": "string"]), ("to", ["type": "string"]),
                ("since_seq", ["type": "integer", "minimum": 0]), self.limit, self.cursor,
            ]
        case .getVersion, .getJob: [("wait", ["type": "string", "pattern": "^[0-9]{1,5}(s|ms)?$"])]
        case .listMedia: [("kind", self.words(MediaKind.self))]
        case .listPromotions: [("status", self.words(PromotionState.self))]
        case .listPriceHistory, .listChannelHistory: [self.limit, self.cursor]
        case .getGameReadiness: [("version_id", self.identifier)]
        case .listPlayerReviews:
            [("unanswered", ["type": "string", "enum": ["true", "false"]]), self.limit, self.cursor]
        case .getChannelManifest:
            [("player_id", ["type": "string", "maxLength": 200]), ("installed", self.identifier)]
        default: []
        }
    }

    private static let jobFilter: [(name: String, schema: JSONValue)] = [
        ("queue", ["type": "string", "maxLength": 64]), ("kind", ["type": "string", "maxLength": 64]),
        ("version_id", identifier), ("developer_id", identifier), ("key", ["type": "string", "maxLength": 200]),
        ("failure", ["type": "string", "maxLength": 100]), ("worker_id", ["type": "integer", "minimum": 1]),
    ]

    private static let day: JSONValue = ["type": "string", "format": "date"]
    private static let country: JSONValue = ["type": "string", "pattern": "^[A-Z]{2}$"]
    private static let analytics: [(name: String, schema: JSONValue)] = [
        ("from", day), ("to", day), ("period", ["type": "string", "pattern": "^[1-9][0-9]{0,2}d$"]),
        ("metrics", ["type": "string"]), ("granularity", words(Granularity.self)), ("country", country),
    ]

    private static func pathSchema(_ name: String) -> JSONValue {
        switch name {
        case "part_number": ["type": "integer", "minimum": 1, "maximum": 10_000]
        case "sdk_version": ["type": "string", "pattern": "^([0-9]+\\.[0-9]+\\.[0-9]+|latest)$"]
        case "player_review_id": ["type": "string", "minLength": 1, "maxLength": 100]
        case "seq": ["type": "integer", "minimum": 1]
        case "token": ["type": "string", "pattern": "^[0-9a-f]{64}$"]
        case "job_id": ["type": "string", "pattern": "^[1-9][0-9]{0,17}$"]
        case "queue": ["type": "string", "minLength": 1, "maxLength": 64]
        case "key": ["type": "string", "minLength": 1, "maxLength": 200]
        case "name": ["type": "string", "pattern": "^[a-z][a-z0-9-]{0,31}$"]
        case "file_name": ["type": "string"]
        case "digest": ["type": "string", "pattern": "^[0-9a-f]{64}$"]
        default: self.identifier
        }
    }

    private static func parameter(
        _ name: String, in place: String, _ schema: JSONValue, isRequired: Bool = false
    ) -> JSONValue {
        [
            "name": .string(name), "in": .string(place), "required": .bool(isRequired || place == "path"),
            "schema": schema,
        ]
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> JSONValue {
        ["type": "string", "enum": .array(Word.allCases.map { .string($0.rawValue) })]
    }
}
