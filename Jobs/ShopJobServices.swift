public import Games
public import Releases

/// What the jobs work with that show a game and release it.
public struct ShopJobServices: Sendable {
    public var media: MediaLibrary
    public var prices: Prices
    public var releases: Releases
    public var retention: Retention

    public init(media: MediaLibrary, prices: Prices, releases: Releases, retention: Retention) {
        self.media = media
        self.prices = prices
        self.releases = releases
        self.retention = retention
    }
}
