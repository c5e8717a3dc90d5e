public import FoundationEssentials
public import Storefront

extension DevelopmentIssuer {
    /// A token for a service of the platform, good from now on.
    ///
    /// - Parameter permissions: at least one.
    public func mint(
        service name: String, permissions: [ServicePermission], lifetime: Duration, now: Date
    ) throws -> String {
        let issued = Int64(now.timeIntervalSince1970)
        let claims = JSONObject([
            ("iss", .string(self.issuer)), ("aud", .string(self.audience)), ("sub", .string(name)),
            ("iat", .integer(issued)), ("nbf", .integer(issued)),
            ("exp", .integer(issued + lifetime.components.seconds)), ("jti", .string(UUID().uuidString.lowercased())),
            ("scope", .string(permissions.map(\.rawValue).joined(separator: " "))),
        ])
        return try self.sign(.object(claims), type: "at+jwt")
    }
}
