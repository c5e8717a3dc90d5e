import HTTPTypes
import Storefront

extension RouteTable {
    /// The platform's SDK; the same for everybody, so that keys for some games may see it.
    static let sdk: [RouteDeclaration] = [
        route(.listSDK, .get, "/sdk", .permission(.sdkRead), "List SDK releases", nil, 200, "SDKReleaseList")
            .checkingGames(),
        route(
            .getSDK, .get, "/sdk/{sdk_version}", .permission(.sdkRead), "Read an SDK release", nil, 200, "SDKRelease"
        ).checkingGames(),
        route(
            .downloadSDK, .get, "/sdk/{sdk_version}/download", .permission(.sdkRead), "Download the SDK", nil, 200, nil
        ).checkingGames(),
        inner(
            .publishSDK, .post, "/sdk", .sdkPublish, "Publish an SDK release", "NewSDKRelease", 201, "SDKRelease"),
    ]
}
