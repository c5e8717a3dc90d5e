import HTTPTypes
import Storefront

extension RouteTable {
    /// API keys.
    static let keys: [RouteDeclaration] = [
        route(
            .createKey, .post, "/apikeys", .permission(.keysManage), "Create an API key", "NewKey", 201, "CreatedKey"),
        route(.listKeys, .get, "/apikeys", .permission(.keysManage), "List API keys", nil, 200, "KeyList"),
        route(.revokeKey, .delete, "/apikeys/{key_id}", .permission(.keysManage), "Revoke an API key", nil, 204, nil),
    ]
}
