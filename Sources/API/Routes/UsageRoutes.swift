import Access
import BuildStore
import Content
import HTTPTypes
import Hummingbird
import Storefront

/// How many bytes companies have in the store, and sent.
struct UsageRoutes: Sendable {
    private let builds: BuildStore

    /// Days told of one company.
    private static let days = 92

    init(_ services: APIServices) { self.builds = services.builds }

    /// `GET /storage`: the caller's company.
    @Sendable func company(_ request: Request, context: APIContext) async throws -> Response {
        let developer = try context.requirePrincipal().developer
        let usage = try await self.builds.usage(of: developer)
        let days = try await self.builds.storageDays(of: developer, limit: Self.days)
        return .json(Self.json(usage, days: days))
    }

    /// `GET /ops/v1/storage`: all companies, the largest first.
    @Sendable func companies(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let limit = query.integer("limit", 1...200) ?? 50
        try query.finish()
        return .list(try await self.builds.usage(limit: limit).map { Self.json($0, days: nil) })
    }

    private static func json(_ usage: StorageUsage, days: [StorageDay]?) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("developer_id", .string(usage.developer.description)),
            ("stored_bytes", .integer(usage.stored)),
            (
                "stored",
                [
                    "packs": .integer(usage.packs), "manifests": .integer(usage.manifests),
                    "patches": .integer(usage.patches), "media": .integer(usage.media),
                    "reports": .integer(usage.reports), "quarantine": .integer(usage.quarantine),
                ]
            ),
            ("open_uploads", .integer(usage.openUploads)), ("open_upload_bytes", .integer(usage.openUploadBytes)),
            ("uploaded_bytes", .integer(usage.uploaded)), ("transferred_bytes", .integer(usage.transferred)),
        ]
        if let days {
            members.append(
                (
                    "days",
                    .array(
                        days.map {
                            [
                                "day": .string($0.day), "uploaded_bytes": .integer($0.uploaded),
                                "transferred_bytes": .integer($0.transferred),
                            ]
                        })
                ))
        }
        return .object(JSONObject(members))
    }
}
