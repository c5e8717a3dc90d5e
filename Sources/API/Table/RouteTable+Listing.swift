import HTTPTypes
import Storefront

extension RouteTable {
    private static let game = "/games/{game_id}"
    private static let mediaFile = "/games/{game_id}/media/{media_id}"

    /// What a game's store page shows.
    static let listing: [RouteDeclaration] = [
        route(
            .getMetadata, .get, "\(game)/metadata", .permission(.metadataRead), "Read a store page", nil, 200,
            "Metadata"),
        route(
            .updateMetadata, .put, "\(game)/metadata", .permission(.metadataWrite), "Change a store page",
            "MetadataChange", 200, "Metadata"),
        alias(
            .updateMetadata, .patch, "\(game)/metadata", .permission(.metadataWrite), "Change a store page",
            "MetadataChange", 200, "Metadata"),
        route(
            .createMedia, .post, "\(game)/media", .permission(.mediaWrite), "Begin the upload of a media file",
            "NewMedia", 201, "Media"),
        route(
            .listMedia, .get, "\(game)/media", .permission(.metadataRead), "List media files", nil, 200, "MediaList"),
        route(.getMedia, .get, mediaFile, .permission(.metadataRead), "Read a media file's record", nil, 200, "Media"),
        route(
            .updateMedia, .patch, mediaFile, .permission(.mediaWrite), "Change a media file's place or text",
            "MediaChange", 200, "Media"),
        route(.deleteMedia, .delete, mediaFile, .permission(.mediaWrite), "Delete a media file", nil, 204, nil),
        route(
            .completeMedia, .post, "\(mediaFile)/complete", .permission(.mediaWrite),
            "Commit the upload of a media file", nil, 202, "Media"),
    ]

    /// Files that browsers load.
    static let mediaFiles: [RouteDeclaration] = [
        root(.readMedia, .get, "/media/v1/{media_id}/{file_name}", "Read a media file", 200, nil)
    ]
}
