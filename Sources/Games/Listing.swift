public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// What the store page of a game says: one row of `game_metadata`, or the empty page of a game that has none yet.
public struct Listing: Equatable, Sendable {
    public let game: GameID
    public let description: String?
    public let shortDescription: String?
    /// A JSON object.
    public let systemRequirements: JSONValue?
    public let tags: [String]
    public let genres: [String]
    public let ageRating: AgeRating?
    /// Marks of other countries' authorities, by the authority.
    public let foreignRatings: [RatingAuthority: String]
    /// Addresses of media that are ready, by their lists: `{"screenshots": […], "videos": […]}`.
    public let mediaURLs: JSONObject
    /// Nil when nobody has written anything yet.
    public let updatedAt: Date?
    /// Grows with every change; 0 for the empty page.
    public let revision: Int64

    /// Lists that are there even when they are empty.
    public static let emptyMedia = JSONObject([("screenshots", []), ("videos", [])])

    /// The page of a game that has none yet.
    init(emptyFor game: GameID) {
        self.game = game
        self.description = nil
        self.shortDescription = nil
        self.systemRequirements = nil
        self.tags = []
        self.genres = []
        self.ageRating = nil
        self.foreignRatings = [:]
        self.mediaURLs = Self.emptyMedia
        self.updatedAt = nil
        self.revision = 0
    }

    init(_ row: Row) throws {
        self.game = try row("game_id")
        self.description = try row("description")
        self.shortDescription = try row("short_description")
        let requirements: String? = try row("system_requirements")
        self.systemRequirements = try requirements.map { try JSONParser.parse(Array($0.utf8)) }
        let tags: [String]? = try row("tags")
        let genres: [String]? = try row("genres")
        let rating: String? = try row("age_rating")
        self.tags = tags ?? []
        self.genres = genres ?? []
        self.ageRating = rating.flatMap(AgeRating.init)
        self.foreignRatings = try Self.ratings(try row("foreign_ratings"))
        var media = Self.emptyMedia
        let urls: String? = try row("media_urls")
        if case .object(let object)? = try urls.map({ try JSONParser.parse(Array($0.utf8)) }) {
            for (name, value) in object.members { media[name] = value }
        }
        self.mediaURLs = media
        self.updatedAt = try row("updated_at")
        self.revision = try row("revision")
    }

    private static func ratings(_ text: String) throws -> [RatingAuthority: String] {
        guard case .object(let object) = try JSONParser.parse(Array(text.utf8)) else { return [:] }
        return object.members.reduce(into: [:]) { ratings, member in
            guard let authority = RatingAuthority(rawValue: member.name), case .string(let mark) = member.value else {
                return
            }
            ratings[authority] = mark
        }
    }

    /// In the order of the authorities.
    public var foreignRatingsJSON: JSONValue {
        .object(
            JSONObject(
                RatingAuthority.allCases.compactMap { authority in
                    self.foreignRatings[authority].map { (authority.rawValue, .string($0)) }
                }))
    }

    static let columns: SQL = """
        game_id, description, short_description, system_requirements::text AS system_requirements, tags, genres,
        age_rating, foreign_ratings::text AS foreign_ratings, media_urls::text AS media_urls, updated_at, revision
        """
}

/// What a company changes of a store page.
public struct ListingChange: Equatable, Sendable {
    public var description: Update<String> = .keep
    public var shortDescription: Update<String> = .keep
    public var systemRequirements: Update<JSONValue> = .keep
    public var tags: Update<[String]> = .keep
    public var genres: Update<[String]> = .keep
    public var ageRating: Update<AgeRating> = .keep
    /// Of the authorities that are named only; nil takes a mark away.
    public var foreignRatings: [RatingAuthority: String?] = [:]

    public init() {}
}
