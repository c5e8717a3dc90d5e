import Access
import Accounts
import Analytics
import Content
import Envelope
import Finance
import Games
import HTTPTypes
import Hummingbird
import JobQueue
import Multipart
import ObjectStore
import Platform
import Postgres
import Releases
import Storefront
import Uploads

extension HTTPProblem {
    /// What any error is to a client; what nobody foresaw is our fault and says nothing of itself.
    init(describing error: any Error) {
        self =
            switch error {
            case let problem as HTTPProblem: problem
            case let error as AccessError: HTTPProblem(error)
            case let error as InvalidTransition: .invalidTransition(error)
            case let error as AccountsError: HTTPProblem(error)
            case let error as WebhookError: HTTPProblem(error)
            case let error as ServiceError: HTTPProblem(error)
            case let error as GamesError: HTTPProblem(error)
            case let error as JobQueueError: HTTPProblem(error)
            case let error as PricesError: HTTPProblem(error)
            case let error as ReleasesError: HTTPProblem(error)
            case let error as UploadError: HTTPProblem(error)
            case let error as FinanceError: HTTPProblem(error)
            case let error as PayoutDetailsFaults: HTTPProblem(error)
            case let error as EnvelopeError: HTTPProblem(error)
            case let error as AnalyticsError: HTTPProblem(error)
            case let error as MultipartError: HTTPProblem(error)
            case let error as PostgresError: HTTPProblem(error)
            case let error as ObjectStoreError: HTTPProblem(error)
            case let error as URLSignatureError: HTTPProblem(error)
            case let error as JSONError: HTTPProblem(error)
            case let error as ReceiveError: HTTPProblem(error)
            case is CancellationError: .unavailable(retryAfter: 2)
            case let error as any HTTPResponseError: HTTPProblem(framework: error.status)
            default: .unexpected
            }
    }

    /// Bytes that are not JSON.
    init(_ error: JSONError) {
        self.init(status: .badRequest, code: "malformed-json", detail: "The body is not acceptable JSON: \(error).")
    }

    /// A size that no plan holds.
    init(_ error: MultipartError) {
        switch error {
        case .tooLarge(let limit): self = .invalid("/file_size", "range", "must be 1 to \(limit.bytes)")
        case .unusablePartSize: self = .unexpected
        }
    }

    /// What the framework refused by itself.
    private init(framework status: HTTPResponse.Status) {
        switch status {
        case .notFound: self = .notFound
        case .contentTooLarge:
            self.init(status: status, code: "too-large", detail: "The body is too large.")
        case _ where status.kind == .clientError:
            self.init(status: status, code: "bad-request", detail: "The request cannot be read.")
        default: self = .unexpected
        }
    }
}
