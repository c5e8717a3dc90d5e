import Games
import Storefront

extension Schemas {
    /// Of store pages and media.
    static let listing: [(String, JSONValue)] = [
        ("Metadata", metadata), ("MetadataChange", object(metadataFields, [])), ("NewMedia", newMedia),
        ("Media", media), ("MediaList", list("Media")), ("MediaChange", mediaChange),
    ]

    private static let metadataFields: JSONValue = [
        "description": bounded(ListingRoutes.longestDescription),
        "short_description": bounded(ListingRoutes.longestShortDescription), "system_requirements": details,
        "tags": words(count: ListingRoutes.mostTags), "genres": words(count: ListingRoutes.mostGenres),
        "age_rating": ageRating, "foreign_ratings": foreignRatings,
    ]

    private static let foreignRatings: JSONValue = {
        let properties = JSONObject(
            RatingAuthority.allCases.map { authority in
                let marks: [JSONValue] = authority.marks.map { .string($0) }
                return (authority.rawValue, ["type": ["string", "null"], "enum": .array(marks + [.null])])
            })
        return ["type": ["object", "null"], "properties": .object(properties)]
    }()

    private static let ageRating: JSONValue = {
        let marks: [JSONValue] = AgeRating.allCases.map { .string($0.rawValue) }
        return ["type": ["string", "null"], "enum": .array(marks + [.null])]
    }()

    private static let metadata: JSONValue = {
        var properties = metadataFields.object ?? JSONObject()
        properties["game_id"] = id
        properties["media_urls"] = [
            "type": "object", "additionalProperties": array(["type": "string", "format": "uri"]),
        ]
        properties["updated_at"] = perhapsTime
        return object(.object(properties), ["game_id", "tags", "genres", "media_urls"])
    }()

    private static let newMedia = object(
        [
            "kind": words(MediaKind.self), "file_name": text(255), "file_size": ["type": "integer", "minimum": 1],
            "content_type": nullable("string"), "alt": bounded(500),
        ], ["kind", "file_name", "file_size"])

    private static let mediaChange = object(
        ["alt": bounded(500), "order": ["type": ["integer", "null"], "minimum": 0, "maximum": 200]], [])

    private static let media = object(
        [
            "media_id": id, "game_id": id, "kind": words(MediaKind.self), "status": words(MediaState.self),
            "file_name": string, "content_type": string, "file_size": integer, "alt": nullable("string"),
            "order": integer, "url": nullable("string"), "size": nullable("integer"), "width": nullable("integer"),
            "height": nullable("integer"), "digest": nullable("string"), "job_id": nullable("string"),
            "failure": nullable("object"), "created_at": time, "updated_at": time, "finished_at": perhapsTime,
            "upload": nullable("object"),
        ], ["media_id", "game_id", "kind", "status", "file_name", "content_type", "file_size", "order", "created_at"])

    static func bounded(_ length: Int) -> JSONValue {
        ["type": ["string", "null"], "maxLength": .integer(length)]
    }

    private static func words(count: Int) -> JSONValue {
        [
            "type": ["array", "null"], "maxItems": .integer(count),
            "items": text(ListingRoutes.longestWord),
        ]
    }
}
