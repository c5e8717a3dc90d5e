import HTTPTypes
import Storefront

extension RouteTable {
    /// What Download Service tells.
    static let installs: [RouteDeclaration] = [
        inner(
            .recordInstalls, .post, "/installs", .installsWrite, "Tell how many players have which version",
            "InstallCounts", 200, "RecordedInstalls")
    ]
}
