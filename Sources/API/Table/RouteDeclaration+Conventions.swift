import Access
import HTTPTypes

extension RouteDeclaration {
    /// Counts the requests of the route in another class than its method's; nil for not at all.
    func counted(in rateClass: RateClass?) -> RouteDeclaration {
        var route = self
        route.rateClass = rateClass
        return route
    }

    /// Names members of the answer that are shown once: an answer that is kept for a repeated request goes without them.
    func showingOnce(_ members: String...) -> RouteDeclaration {
        var route = self
        route.shownOnce = members
        return route
    }

    /// Refuses requests without an Idempotency-Key.
    func needingIdempotencyKey() -> RouteDeclaration {
        var route = self
        route.idempotency = .required
        return route
    }

    /// Refuses companies that the platform has not verified.
    func needingVerification(_ rule: VerificationRule = .always) -> RouteDeclaration {
        var route = self
        route.verification = rule
        return route
    }

    /// Lets keys for some games in, though no game stands in the path: the handler leaves out what is not theirs.
    func checkingGames() -> RouteDeclaration {
        var route = self
        route.checksGames = true
        return route
    }

    /// What is done twice is the same as once, by a name the request carries already; an Idempotency-Key is not looked at.
    func naturallyIdempotent() -> RouteDeclaration {
        var route = self
        route.idempotency = .ignored
        return route
    }

    /// What requests are counted in when the table says nothing.
    static func usualRateClass(_ method: HTTPRequest.Method) -> RateClass {
        method == .get || method == .head ? .read : .write
    }

    /// What is done with an Idempotency-Key when the table says nothing.
    static func usualIdempotency(_ method: HTTPRequest.Method) -> IdempotencyRule {
        method == .post || method == .patch ? .accepted : .ignored
    }
}

/// What a route does with an Idempotency-Key.
public enum IdempotencyRule: Equatable, Sendable {
    /// Nothing: repeating the request does no harm anyway.
    case ignored
    /// A request that has one is done once, however often it is sent.
    case accepted
    /// A request without one is refused.
    case required
}

/// Whether a route is for verified companies only.
public enum VerificationRule: Equatable, Sendable {
    case none
    case always
    /// Where the operator has not decided otherwise: whoever carries the request out knows, and looks while it holds what it
    /// changes.
    case asConfigured
}
