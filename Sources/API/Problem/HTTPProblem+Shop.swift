import Content
import Games
import HTTPTypes
import Releases
import Storefront

extension HTTPProblem {
    /// Prices that cannot be, all of them.
    static func priceInvalid(_ findings: [PricingFinding]) -> HTTPProblem {
        var problem = HTTPProblem.invalid(
            findings.map { FieldError(pointer: $0.pointer, code: $0.code, message: $0.message) })
        problem.code = "price-invalid"
        return problem
    }

    /// The one place where a refused price becomes a status.
    init(_ error: PricesError) {
        switch error {
        case .refused(let findings): self = .priceInvalid(findings)
        case .overlap(let name, let start, let end):
            self.init(
                status: .conflict, code: "promotion-overlap",
                detail: "The promotion \(name) holds in this window already.",
                members: JSONObject([
                    ("starts_at", .time(start)), ("ends_at", .time(end)),
                    ("hint", "Choose another window, or cancel that promotion."),
                ]))
        case .cooldown(let date):
            self.init(
                status: .conflict, code: "discount-cooldown",
                detail: "Players must see the full price for a while between two discounts, and after it rose.",
                members: JSONObject([("available_at", .time(date))]))
        }
    }

    /// The one place where a refused step towards players becomes a status.
    init(_ error: ReleasesError) {
        switch error {
        case .notReady(let readiness):
            self.init(
                status: readiness.isBuildBlocked ? .conflict : .unprocessableContent, code: error.code,
                detail: "The version cannot be judged yet.",
                members: JSONObject([("readiness", ReleaseJSON.readiness(readiness))]))
            self.errors = readiness.blocking.map {
                FieldError(pointer: $0.pointer, code: $0.code, message: $0.message)
            }
        case .alreadyInReview(let review):
            self.init(
                status: .conflict, code: error.code, detail: "The version is being judged already.",
                members: JSONObject([
                    ("review_id", .string(review.description)), ("current", "in_review"),
                    ("allowed", ["withdraw"]),
                ]))
        case .decisionConflict(let decision):
            self.init(
                status: .conflict, code: error.code, detail: "The review was decided otherwise.",
                members: JSONObject([("current", .string(decision.rawValue)), ("allowed", [])]))
        case .nothingApproved:
            self.init(
                status: .conflict, code: error.code, detail: "The game has no version that moderation has passed.",
                members: JSONObject([("hint", "Submit a version and wait for the decision.")]))
        case .companyNotVerified(let verification):
            self.init(
                status: .forbidden, code: error.code, detail: "The platform has not verified the company yet.",
                members: JSONObject([("current", .string(verification.rawValue))]))
        case .personNeeded(let channel):
            self.init(
                status: .forbidden, code: error.code,
                detail: "An API key may not change the channel \(channel); it needs a person.",
                members: JSONObject([("hint", "Publish to another channel, or have a person do it.")]))
        case .nothingToRollBackTo:
            self.init(
                status: .conflict, code: error.code,
                detail: "The channel has no earlier version that may still be given.")
        case .channelInUse(let channel):
            self.init(
                status: .conflict, code: error.code, detail: "The channel \(channel) cannot be deleted.",
                members: JSONObject([("hint", "Take the game off the shop with POST …/unpublish.")]))
        case .updateTooLarge(let costs, let limit):
            self.init(
                status: .unprocessableContent, code: error.code,
                detail: "The update costs \(costs.map(\.bytes).max() ?? 0) bytes; max_patch_bytes allows \(limit).",
                members: JSONObject([
                    ("max_patch_bytes", .integer(limit)), ("updates", ReleaseJSON.updates(costs)),
                    ("hint", "GET …/patch-preview?from= tells which files are dear, and why."),
                ]))
        case .updateUnknown(let versions):
            self.init(
                status: .conflict, code: error.code,
                detail: "What the update costs is not known: its patch is being made, or could not be made.",
                members: JSONObject([
                    ("from_version_ids", .array(versions.map { .string($0.description) })),
                    ("hint", "Try again in a while, or leave max_patch_bytes out."),
                ]))
            self.headers[.retryAfter] = "5"
        case .notClean(let version):
            self.init(
                status: .conflict, code: error.code,
                detail: "Not every file of the version has a clean verdict any more.",
                members: JSONObject([
                    ("version_id", .string(version.description)), ("hint", "GET …/report tells what was found."),
                ]))
        case .versionInUse(let reason):
            self.init(
                status: .conflict, code: error.code, detail: "The version cannot be deleted: \(reason).")
        }
    }
}
