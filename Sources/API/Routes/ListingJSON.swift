import Content
import Games
import ObjectStore
import Storefront

/// Store pages and media as JSON.
enum ListingJSON {
    static func listing(_ listing: Listing) -> JSONValue {
        [
            "game_id": .string(listing.game.description), "description": .text(listing.description),
            "short_description": .text(listing.shortDescription),
            "system_requirements": listing.systemRequirements ?? .null,
            "tags": .array(listing.tags.map { .string($0) }), "genres": .array(listing.genres.map { .string($0) }),
            "age_rating": .text(listing.ageRating?.rawValue), "foreign_ratings": listing.foreignRatingsJSON,
            "media_urls": .object(listing.mediaURLs),
            "updated_at": .time(listing.updatedAt),
        ]
    }

    /// - Parameters:
    ///   - url: where everybody gets it.
    ///   - upload: how its bytes are sent; nil when they are here.
    static func media(_ media: MediaRecord, url: String?, upload: PresignedRequest?) -> JSONValue {
        [
            "media_id": .string(media.id.description), "game_id": .string(media.game.description),
            "kind": .string(media.kind.rawValue), "status": .string(media.state.rawValue),
            "file_name": .string(media.fileName), "content_type": .string(media.format.contentType),
            "file_size": .integer(media.fileSize), "alt": .text(media.alt), "order": .integer(media.position),
            "url": .text(url), "size": .integer(media.file?.size), "width": .integer(media.file?.width),
            "height": .integer(media.file?.height), "digest": .text(media.file?.digest.description),
            "job_id": .text(media.job.map(String.init)), "failure": media.failure ?? .null,
            "created_at": .time(media.createdAt), "updated_at": .time(media.updatedAt),
            "finished_at": .time(media.finishedAt), "upload": upload.map(self.upload) ?? .null,
        ]
    }

    private static func upload(_ request: PresignedRequest) -> JSONValue {
        let headers = request.headers.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        return [
            "method": .string(request.method), "url": .string(request.url),
            "headers": .object(JSONObject(headers)), "expires_at": .time(request.expiresAt),
        ]
    }
}
