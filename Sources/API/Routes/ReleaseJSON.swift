import BuildStore
import Content
import Games
import Releases
import Storefront

/// Reviews, channels and publications as JSON.
enum ReleaseJSON {
    static func readiness(_ readiness: Readiness) -> JSONValue {
        [
            "ready": .bool(readiness.isReady), "blocking": .array(readiness.blocking.map(self.item)),
            "warnings": .array(readiness.warnings.map(self.item)),
        ]
    }

    /// What players of earlier versions fetch.
    static func updates(_ costs: [UpdateCost]) -> JSONValue {
        .array(
            costs.map {
                [
                    "from_version_id": .string($0.from.description), "version_string": .string($0.versionString),
                    "update_bytes": .integer($0.bytes),
                ]
            })
    }

    /// The item of a list of what blocks.
    static func dearUpdate(_ costs: [UpdateCost], limit: Int64) -> JSONValue {
        [
            "code": "update-too-large", "pointer": "/max_patch_bytes",
            "message": .string("the update costs \(costs.map(\.bytes).max() ?? 0) bytes, \(limit) are allowed"),
        ]
    }

    static func item(_ item: Readiness.Item) -> JSONValue {
        ["code": .string(item.code), "pointer": .string(item.pointer), "message": .string(item.message)]
    }

    static func review(_ review: Review) -> JSONValue {
        let decision: JSONValue
        if let decidedAt = review.decidedAt {
            decision = [
                "decision": .string(review.state.rawValue), "reason": .text(review.reason),
                "decided_by": .text(review.decidedBy), "decided_at": .time(decidedAt),
            ]
        } else {
            decision = .null
        }
        return [
            "review_id": .string(review.id.description), "version_id": .string(review.version.description),
            "game_id": .string(review.game.description), "status": .string(review.state.rawValue),
            "note": .text(review.note), "submitted_by": .string(review.submittedBy),
            "submitted_at": .time(review.submittedAt), "closed_at": .time(review.closedAt), "decision": decision,
        ]
    }

    static func channel(_ channel: Channel) -> JSONValue {
        [
            "game_id": .string(channel.game.description), "name": .string(channel.name.text),
            "version_id": .string(channel.version.description),
            "previous_version_id": .text(channel.previous?.description),
            "rollout_state": .string(channel.rollout.state.rawValue),
            "rollout_percent": .integer(channel.rollout.percent), "created_at": .time(channel.createdAt),
            "updated_at": .time(channel.updatedAt),
        ]
    }

    static func event(_ event: ChannelEvent) -> JSONValue {
        [
            "action": .string(event.action.rawValue), "version_id": .string(event.version.description),
            "previous_version_id": .text(event.previous?.description), "rollout_percent": .integer(event.percent),
            "actor": .string(event.actor), "reason": .text(event.reason), "at": .time(event.at),
        ]
    }

    static func scheduled(_ publication: ScheduledPublication) -> JSONValue {
        [
            "publication_id": .string(publication.id.description), "channel": .string(publication.channel.text),
            "version_id": .string(publication.version.description), "rollout_percent": .integer(publication.percent),
            "publish_at": .time(publication.publishAt), "status": .string(publication.state.rawValue),
            "requested_by": .string(publication.requestedBy),
        ]
    }

    /// What became of publishing: the game, and its channel or what waits for its time.
    static func outcome(_ outcome: PublicationOutcome) -> JSONValue {
        var object: JSONObject
        switch outcome {
        case .published(let game, let channel), .unchanged(let game, let channel):
            object = GameJSON.game(game)
            object["channel"] = self.channel(channel)
            object["scheduled"] = .null
        case .scheduled(let game, let publication):
            object = GameJSON.game(game)
            object["channel"] = .null
            object["scheduled"] = self.scheduled(publication)
        }
        return .object(object)
    }
}
