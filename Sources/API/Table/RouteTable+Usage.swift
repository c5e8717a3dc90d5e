import HTTPTypes
import Storefront

extension RouteTable {
    /// The accounts of bytes.
    static let usage: [RouteDeclaration] = [
        route(
            .getStorageUsage, .get, "/storage", .permission(.buildsRead),
            "Read how many bytes the company has in the store, and sent", nil, 200, "StorageUsage"),
        ops(
            .listStorageUsage, .get, "/storage", "List companies by the bytes they have in the store", nil,
            "StorageUsageList"),
    ]
}
