import BuildStore
import Staging

/// Where the jobs of one patch keep on this machine what they fetch and make.
///
/// Goes when the patch is put together, which may be elsewhere; so whoever works on a patch here removes what is left of others.
enum PatchScratch {
    private static let prefix = "patch-"

    /// - Parameter build: a patch in the making.
    static func open(_ build: Int64, in staging: StagingArea, builds: BuildStore) async throws -> StagingScratch {
        // Listed before it is asked who lives: what is made later is not on the list.
        let found = try staging.scratches(prefix: Self.prefix).compactMap { Int64($0.dropFirst(Self.prefix.count)) }
        let live = try await builds.livePatchBuilds(among: found)
        for dead in found where !live.contains(dead) { try Self.remove(dead, in: staging) }
        return try staging.scratch("\(Self.prefix)\(build)", isKept: true)
    }

    static func remove(_ build: Int64, in staging: StagingArea) throws {
        try staging.removeScratch("\(Self.prefix)\(build)")
    }
}
