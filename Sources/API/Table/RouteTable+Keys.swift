import Access
import HTTPTypes
import Storefront

extension RouteTable {
    /// API keys.
    static let keys: [RouteDeclaration] = [
        route(
            .createKey, .post, "/apikeys", .permission(.keysManage), "Create an API key", "NewKey", 201, "CreatedKey"
        ).showingOnce("api_key"),
        route(.listKeys, .get, "/apikeys", .permission(.keysManage), "List API keys", nil, 200, "KeyList"),
        route(.getKey, .get, "/apikeys/{key_id}", .permission(.keysManage), "Read an API key", nil, 200, "Key"),
        route(
            .rotateKey, .post, "/apikeys/{key_id}/rotate", .permission(.keysManage), "Replace an API key",
            "KeyRotation",
            201, "CreatedKey"
        ).showingOnce("api_key"),
        route(.revokeKey, .delete, "/apikeys/{key_id}", .permission(.keysManage), "Revoke an API key", nil, 204, nil),
        route(
            .createTrust, .post, "/oidc/trusts", .permission(.keysManage), "Trust a repository's CI jobs", "NewTrust",
            201,
            "Trust"),
        route(.listTrusts, .get, "/oidc/trusts", .permission(.keysManage), "List trusts", nil, 200, "TrustList"),
        route(
            .deleteTrust, .delete, "/oidc/trusts/{trust_id}", .permission(.keysManage), "End a trust and its keys", nil,
            204, nil),
        route(
            .exchangeToken, .post, "/oidc/exchange", .everybody, "Exchange a CI job's token for a key", "TokenExchange",
            201, "ExchangedKey"
        ).counted(in: .write),
    ]
}
