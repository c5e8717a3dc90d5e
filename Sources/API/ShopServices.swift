public import Games
import Platform
public import Postgres
public import Releases

/// What the routes need that show a game and release it.
public struct ShopServices: Sendable {
    /// Enqueues the job that checks, cleans and links a media file, in the given transaction, and gives its number.
    public typealias EnqueueMedia = @Sendable (MediaRecord, Transaction) async throws -> Int64

    /// Has what nobody needs any more removed from the store soon, if the transaction commits.
    public typealias CollectGarbage = @Sendable (Transaction) async throws -> Void

    public var listings: Listings
    public var prices: Prices
    public var media: MediaLibrary
    public var releases: Releases
    public var enqueueMedia: EnqueueMedia
    public var collectGarbage: CollectGarbage
    /// How long a sender may use the address for a media file.
    public var mediaURLLife: Duration

    public init(
        listings: Listings, prices: Prices, media: MediaLibrary, releases: Releases,
        enqueueMedia: @escaping EnqueueMedia, collectGarbage: @escaping CollectGarbage,
        mediaURLLife: Duration = .seconds(3600)
    ) {
        self.listings = listings
        self.prices = prices
        self.media = media
        self.releases = releases
        self.enqueueMedia = enqueueMedia
        self.collectGarbage = collectGarbage
        self.mediaURLLife = mediaURLLife
    }
}
