import Storefront

extension Schemas {
    /// Of what players wrote.
    static let playerReviews: [(String, JSONValue)] = [
        ("PlayerReview", playerReview), ("PlayerReviewList", list("PlayerReview")),
        ("PlayerReviewReply", object(["text": bounded(PlayerReviewRoutes.longestReply)], ["text"])),
        ("NewPlayerReview", newPlayerReview),
    ]

    private static let playerReview = object(
        [
            "review_id": string, "game_id": id, "author_name": string, "is_positive": flag, "body": string,
            "language": nullable("string"), "playtime_minutes": nullable("integer"), "written_at": time,
            "reply": nullable("object"),
        ], ["review_id", "game_id", "author_name", "is_positive", "body", "written_at", "reply"])

    private static let newPlayerReview = object(
        [
            "review_id": text(100), "author_name": text(100), "is_positive": flag,
            "body": bounded(PlayerReviewRoutes.longestBody),
            "language": ["type": ["string", "null"], "minLength": 2, "maxLength": 35],
            "playtime_minutes": ["type": ["integer", "null"], "minimum": 0, "maximum": .integer(Int32.max)],
            "written_at": time,
        ], ["review_id", "author_name", "is_positive", "written_at"])
}
