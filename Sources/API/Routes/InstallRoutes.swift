import BuildStore
import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Storefront

/// What Download Service tells of the versions that players have: patches are made for those that most of them have.
struct InstallRoutes: Sendable {
    private let builds: BuildStore
    private let limits: APILimits

    /// Versions told of at once.
    static let most = 1000
    /// Of one version; far more than there are players.
    static let mostInstalls = Int64(1) << 40

    init(_ services: APIServices) {
        self.builds = services.builds
        self.limits = services.limits
    }

    /// `POST /internal/v1/installs`: counts of one day, in place of what was said of it before; the same again changes nothing.
    @Sendable func record(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let day = Self.day(&fields)
        let items = fields.requiredArray("versions", count: 1...Self.most) ?? []
        var counts: [InstallCount] = []
        var seen: Set<VersionID> = []
        for (index, item) in items.enumerated() where fields.errors.count < 100 {
            guard case .object(let object) = item else {
                fields.fail(at: "/versions/\(index)", "type", "must be an object, not \(item.kind)")
                continue
            }
            var own = Fields(object)
            let version = own.optionalIdentifier("version_id", of: Version.self)
            if object["version_id"] ?? .null == .null { own.fail("version_id", "required", "is required") }
            let installs = own.optionalInteger("installs", 0...Self.mostInstalls)
            if object["installs"] ?? .null == .null { own.fail("installs", "required", "is required") }
            if let version, !seen.insert(version).inserted {
                own.fail("version_id", "duplicate", "stands here twice")
            }
            for error in own.errors { fields.fail(at: "/versions/\(index)\(error.pointer)", error.code, error.message) }
            if let version, let installs { counts.append(InstallCount(version: version, installs: installs)) }
        }
        try fields.finish()
        guard let day else { throw HTTPProblem.unexpected }
        let known = try await self.builds.record(counts, on: day.description)
        let unknown = counts.map(\.version).filter { !known.contains($0) }
        return .json([
            "recorded": .integer(known.count), "unknown": .array(unknown.map { .string($0.description) }),
        ])
    }

    /// A day that counts are kept for; by our clock, and a day more for one that is ahead.
    private static func day(_ fields: inout Fields) -> CalendarDay? {
        if fields.object["day"] ?? .null == .null {
            fields.fail("day", "required", "is required")
            return nil
        }
        guard let day = fields.day("day") else { return nil }
        let today = CalendarDay(containing: Date().timeIntervalSince1970)
        guard day <= today.advanced(by: 1), day > today.advanced(by: -BuildStore.installDays) else {
            fields.fail("day", "range", "must be one of the last \(BuildStore.installDays) days")
            return nil
        }
        return day
    }
}
