import BuildStore
import ClamAV
import Content

/// For which reasons a file may pass though it was not scanned whole.
struct WaiverPolicy: Sendable {
    let builds: BuildStore
    /// For every version, by the operator's settings.
    let standing: Set<IncompleteReason>

    /// With those that somebody granted this version by name.
    func reasons(for version: VersionID) async throws -> Set<String> {
        Set(self.standing.map(\.rawValue)).union(try await self.builds.waivers(of: version).map(\.reason))
    }
}
