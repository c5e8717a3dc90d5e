import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Storefront

/// Admin Service in small: reviews wait here until somebody decides, and companies until somebody checks them.
struct ModerationDesk: Sendable {
    let state: PlatformState
    let api: DeveloperAPI

    func add(to router: Router<BasicRequestContext>) {
        router.get("desk/reviews", use: self.list)
        router.post("desk/reviews/:id", use: self.decide)
        router.post("desk/companies/:id", use: self.verify)
    }

    /// `GET /desk/reviews`: those that wait.
    @Sendable private func list(_ request: Request, context: BasicRequestContext) async throws -> Response {
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

    /// `POST /desk/companies/{id}`: `{"status": "verified"}`, or `{"status": "rejected", "reason": "…"}`.
    @Sendable private func verify(_ request: Request, context: BasicRequestContext) async throws -> Response {
        guard let id = context.parameters.get("id") else { return .refusal(.notFound, "not-found") }
        return try await self.api.post(
            "/internal/v1/developers/\(id)/verification", .object(try await request.object())
        ).response
    }
}
