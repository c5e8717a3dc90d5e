public import Storefront

/// Who may use a route.
public enum RouteAccess: Equatable, Sendable {
    /// Anybody: it tells nothing that is not public, or its URL carries its own right.
    case everybody
    /// A person, of whatever company or none.
    case person
    /// Somebody whose role or key carries the permission, for one company.
    case permission(Permission)
    /// A service of the platform whose token carries the scope.
    case service(ServicePermission)
}
