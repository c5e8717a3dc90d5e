import HTTPTypes
import Storefront

extension RouteTable {
    /// What players say, and what is answered.
    static let playerReviews: [RouteDeclaration] = [
        route(
            .listPlayerReviews, .get, "/games/{game_id}/player-reviews", .permission(.metadataRead),
            "List what players wrote", nil, 200, "PlayerReviewList"),
        route(
            .replyToPlayerReview, .put, "/games/{game_id}/player-reviews/{player_review_id}/reply",
            .permission(.metadataWrite), "Answer a player", "PlayerReviewReply", 200, "PlayerReview"),
        inner(
            .recordPlayerReview, .post, "/games/{game_id}/player-reviews", .playerReviewsWrite,
            "Record what a player wrote", "NewPlayerReview", 201, "PlayerReview"),
    ]
}
