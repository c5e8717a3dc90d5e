import HTTPTypes
import Storefront

extension RouteTable {
    private static let game = "/games/{game_id}"
    private static let channel = "/games/{game_id}/channels/{name}"

    /// Reviews, publishing and channels.
    static let releases: [RouteDeclaration] = [
        route(
            .getGameReadiness, .get, "\(game)/readiness", .permission(.buildsStatus),
            "See what a version lacks before it is judged", nil, 200, "Readiness"),
        route(
            .submitVersion, .post, "\(version)/submit", .permission(.releasesSubmit), "Submit a version for review",
            "Submission", 200, "Submitted"),
        route(
            .withdrawVersion, .post, "\(version)/withdraw", .permission(.releasesSubmit), "Withdraw a version", nil,
            200, "Review"),
        route(
            .listReviews, .get, "\(version)/reviews", .permission(.buildsStatus), "List reviews", nil, 200,
            "ReviewList"),
        route(
            .deleteVersion, .delete, version, .permission(.buildsWrite), "Delete a version nobody had", nil, 204, nil),
        route(
            .publishGame, .post, "\(game)/publish", .permission(.releasesPublish), "Publish a version",
            "NewPublication", 200, "Published"
        ).needingVerification(.asConfigured),
        route(
            .listPublications, .get, "\(game)/publications", .permission(.buildsStatus),
            "List publications that wait for their time", nil, 200, "PublicationList"),
        route(
            .cancelPublication, .delete, "\(game)/publications/{name}", .permission(.releasesPublish),
            "Call a publication off", nil, 204, nil),
        route(
            .unpublishGame, .post, "\(game)/unpublish", .permission(.releasesPublish), "Take a game off the shop", nil,
            200, "Game"),
        route(
            .listChannels, .get, "\(game)/channels", .permission(.buildsStatus), "List channels", nil, 200,
            "ChannelList"),
        route(.getChannel, .get, channel, .permission(.buildsStatus), "Read a channel", nil, 200, "Channel"),
        route(
            .setChannel, .put, channel, .permission(.releasesPublish), "Point a channel at a version",
            "ChannelChange", 200, "Channel"),
        route(.deleteChannel, .delete, channel, .permission(.releasesPublish), "Delete a channel", nil, 204, nil),
        route(
            .rollChannel, .patch, "\(channel)/rollout", .permission(.releasesPublish), "Move or halt a rollout",
            "RolloutChange", 200, "Channel"),
        route(
            .rollBackChannel, .post, "\(channel)/rollback", .permission(.releasesPublish), "Roll a channel back",
            "Rollback", 200, "Channel"),
        route(
            .listChannelHistory, .get, "\(channel)/history", .permission(.buildsStatus), "List a channel's history",
            nil, 200, "ChannelHistory"),
    ]

    /// Releases, as the platform's other services see them.
    static let platformReleases: [RouteDeclaration] = [
        inner(
            .decideReview, .post, "/reviews/{review_id}/decision", .reviewsDecide, "Decide a review",
            "ReviewDecision", 200, "Review"),
        inner(
            .recallVersion, .post, "/versions/{version_id}/recall", .reviewsDecide,
            "Take a version back from everybody", "Recall", 200, "Version"),
        inner(
            .getChannelManifest, .get, "/games/{game_id}/channels/{name}/manifest", .manifestsRead,
            "See which version a player gets", nil, 200, "ChannelManifest"),
        inner(
            .getVersionManifest, .get, "/versions/{version_id}/manifest", .manifestsRead,
            "Download a version's manifest", nil, 200, nil),
    ]
}
