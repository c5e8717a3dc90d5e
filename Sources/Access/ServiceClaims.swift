public import Storefront

/// What the token of a service of the platform says, once it is believed.
public struct ServiceClaims: Equatable, Sendable {
    /// `sub`.
    public let name: String
    public let permissions: Set<ServicePermission>

    public init(name: String, permissions: Set<ServicePermission>) {
        self.name = name
        self.permissions = permissions
    }
}
