import BuildStore
import Content
import Hummingbird
import Storefront

/// What is known of a version's safety.
struct ScanReportRoutes: Sendable {
    private let builds: BuildStore
    private let reader: VersionReader

    /// Files listed at most, of each kind.
    private static let most = 1000

    init(_ services: APIServices, reader: VersionReader) {
        self.builds = services.builds
        self.reader = reader
    }

    /// `GET …/report`: there as soon as the version is; what is not known yet is null or empty.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        let waivers = try await self.builds.waivers(of: version.id)
        let partial = try await self.builds.notScannedWhole(of: version.id, limit: Self.most)
        let infected = try await self.builds.quarantined(of: version.id, limit: Self.most)
        let scan = try await self.builds.scan(of: version.id)
        let review = try await self.builds.review(of: version.id)
        return .json([
            "version_id": .string(version.id.description), "status": .string(version.status.rawValue),
            "scan": scan.map(VersionJSON.scan) ?? .null, "waivers": .array(waivers.map(ScanReportJSON.waiver)),
            "not_scanned_whole": .array(
                partial.map { ["path": .string($0.path), "reason": .string($0.reason)] }),
            "infected": .array(infected.map(ScanReportJSON.finding)),
            "review": review.map(ScanReportJSON.review) ?? .null,
        ])
    }
}
