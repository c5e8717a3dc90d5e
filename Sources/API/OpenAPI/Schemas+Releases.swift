import Releases
import Storefront

extension Schemas {
    /// Of reviews, publishing and channels.
    static let releases: [(String, JSONValue)] = [
        ("Readiness", readiness), ("Submission", submission), ("Submitted", submitted), ("Review", review),
        ("ReviewList", list("Review")), ("NewPublication", newPublication), ("Published", published),
        ("Publication", publication), ("PublicationList", list("Publication")), ("Channel", channel),
        ("ChannelList", list("Channel")), ("ChannelChange", channelChange), ("RolloutChange", rolloutChange),
        ("Rollback", rollback), ("ChannelHistory", list("ChannelEvent")), ("ChannelEvent", channelEvent),
        ("ReviewDecision", decision), ("Recall", recall), ("ChannelManifest", channelManifest),
    ]

    private static let percent: JSONValue = ["type": ["integer", "null"], "minimum": 0, "maximum": 100]
    private static let perhapsID: JSONValue = ["type": ["string", "null"], "format": "uuid"]

    private static let item = object(["code": string, "pointer": string, "message": string], ["code", "pointer"])

    private static let readiness = object(
        [
            "game_id": id, "version_id": perhapsID, "version_string": nullable("string"), "profile": string,
            "ready": flag, "blocking": array(item), "warnings": array(item),
        ], ["ready", "blocking", "warnings"])

    private static let submission = object(
        [
            "note": bounded(4000), "dry_run": nullable("boolean"),
            "max_patch_bytes": ["type": ["integer", "null"], "minimum": 0],
        ], [])

    /// Of a dry run, it is a `Readiness`.
    private static let submitted = object(
        [
            "version_id": id, "status": string, "review_status": words(ReviewStatus.self),
            "review": reference("Review"), "warnings": array(item), "updates": array(["type": "object"]),
        ], ["version_id"])

    private static let review = object(
        [
            "review_id": id, "version_id": id, "game_id": id, "status": words(ReviewStatus.self),
            "note": nullable("string"), "submitted_by": string, "submitted_at": time, "closed_at": perhapsTime,
            "decision": nullable("object"),
        ], ["review_id", "version_id", "game_id", "status", "submitted_at"])

    private static let newPublication = object(
        [
            "version_id": perhapsID, "channel": nullable("string"), "rollout_percent": percent,
            "publish_at": perhapsTime,
        ], [])

    private static let published = object(
        [
            "game_id": id, "status": words(GameStatus.self), "channel": perhaps("Channel"),
            "scheduled": perhaps("Publication"),
        ], ["game_id", "status"])

    private static let publication = object(
        [
            "publication_id": id, "channel": string, "version_id": id, "rollout_percent": integer, "publish_at": time,
            "status": words(ScheduledPublication.State.self), "requested_by": string,
        ], ["publication_id", "channel", "version_id", "publish_at", "status"])

    private static let channel = object(
        [
            "game_id": id, "name": string, "version_id": id, "previous_version_id": perhapsID,
            "rollout_state": words(RolloutState.self), "rollout_percent": integer, "created_at": time,
            "updated_at": time,
        ], ["game_id", "name", "version_id", "rollout_state", "rollout_percent"])

    private static let channelChange = object(["version_id": id, "rollout_percent": percent], ["version_id"])

    private static let rolloutChange = object(
        ["rollout_percent": percent, "state": ["type": ["string", "null"], "enum": ["halted", .null]]], [])

    private static let rollback = object(["version_id": perhapsID, "reason": bounded(1000)], [])

    private static let channelEvent = object(
        [
            "action": words(ChannelEvent.Action.self), "version_id": id, "previous_version_id": perhapsID,
            "rollout_percent": integer, "actor": string, "reason": nullable("string"), "at": time,
        ], ["action", "version_id", "actor", "at"])

    private static let decision = object(
        [
            "decision": words(ReviewDecision.self), "reason": bounded(4000),
            "moderator": nullable("string"),
        ], ["decision"])

    private static let recall = object(["reason": text(4000)], ["reason"])

    private static let channelManifest = object(
        [
            "game_id": id, "channel": string, "channel_revision": integer, "rollout_state": words(RolloutState.self),
            "rollout_percent": integer, "is_newer": flag, "version": ["type": "object"],
        ], ["game_id", "channel", "version"])
}
