/// Where the chunks of folders are remembered between pushes.
public struct CacheLocation: Sendable {
    private let environment: [String: String]

    /// - Parameter environment: `XDG_CACHE_HOME`, else `HOME`, say where caches belong.
    public init(environment: [String: String]) { self.environment = environment }

    /// - Parameter root: the folder, absolute, links followed.
    /// - Returns: nil when the environment names no place.
    func path(of root: String) -> String? { ChunkCache.location(of: root, environment: self.environment) }
}
