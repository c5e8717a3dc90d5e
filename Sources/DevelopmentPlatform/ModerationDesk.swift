import HTTPTypes
import Hummingbird
import Storefront

/// Admin Service in small: companies and reviews wait here until somebody decides.
struct ModerationDesk: Sendable {
    let state: PlatformState
    let api: DeveloperAPI
    let secret: String

    func add(to router: Router<BasicRequestContext>) {
        Inbox(service: "admin", state: self.state, secret: self.secret, hear: Self.hear).add(to: router)
        router.get("desk/reviews", use: self.reviews)
        router.post("desk/reviews/:id", use: self.decide)
        router.get("desk/companies", use: self.companies)
        router.post("desk/companies/:id", use: self.verify)
    }

    private static func hear(_ fact: Fact, _ values: inout PlatformState.Values) -> Bool {
        switch fact.type {
        case "company.verification_requested":
            guard let company = fact.data.text("developer_id") else { return false }
            values.companies[company] = .object(fact.data)
        case "review.requested":
            guard let review = fact.data.text("review_id") else { return false }
            values.reviews[review] = .object(fact.data)
        case "review.decided", "review.withdrawn":
            guard let review = fact.data.text("review_id") else { return false }
            values.reviews[review] = nil
        case "version.infected", "version.recalled": break
        default: return false
        }
        return true
    }

    /// `GET /desk/reviews`: those that wait.
    @Sendable private func reviews(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let reviews = self.state.read { values in values.reviews.sorted { $0.key < $1.key }.map(\.value) }
        return .json(["items": .array(reviews)])
    }

    /// `POST /desk/reviews/{id}`: `{"decision": "approved"}`, or `{"decision": "rejected", "reason": "…"}`.
    @Sendable private func decide(_ request: Request, context: BasicRequestContext) async throws -> Response {
        guard let id = context.parameters.get("id") else { return .refusal(.notFound, "not-found") }
        let answer = try await self.api.post(
            "/internal/v1/reviews/\(id)/decision", .object(try await request.object()))
        if answer.isSuccess { self.state.change { $0.reviews[id] = nil } }
        return answer.response
    }

    /// `GET /desk/companies`: those that wait to be checked.
    @Sendable private func companies(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let companies = self.state.read { values in values.companies.sorted { $0.key < $1.key }.map(\.value) }
        return .json(["items": .array(companies)])
    }

    /// `POST /desk/companies/{id}`: `{"status": "verified"}`, or `{"status": "rejected", "reason": "…"}`.
    @Sendable private func verify(_ request: Request, context: BasicRequestContext) async throws -> Response {
        guard let id = context.parameters.get("id") else { return .refusal(.notFound, "not-found") }
        let answer = try await self.api.post(
            "/internal/v1/developers/\(id)/verification", .object(try await request.object()))
        if answer.isSuccess { self.state.change { $0.companies[id] = nil } }
        return answer.response
    }
}
