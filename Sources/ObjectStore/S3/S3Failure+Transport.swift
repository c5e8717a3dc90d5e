import AsyncHTTPClient
import NIOCore
import NIOSSL

extension S3Failure {
    /// Judges an error of the HTTP client: nearly always the network, so worth another try.
    init(transport error: any Error) {
        switch error {
        case let failure as S3Failure: self = failure
        case let error as ObjectStoreError: self.init(error, .none)
        case let error as HTTPClientError: self.init(client: error)
        case is CancellationError: self.init(.cancelled, .none)
        case let error as NIOSSLError: self.init(.unavailable(reason: "TLS: \(error)"), .none)
        default: self.init(.unavailable(reason: String(describing: error)), .retry(.transient))
        }
    }

    private init(client error: HTTPClientError) {
        switch error {
        case .cancelled: self.init(.cancelled, .none)
        case .alreadyShutdown, .invalidURL, .emptyHost, .emptyScheme, .bodyLengthMismatch:
            self.init(.unavailable(reason: error.shortDescription), .none)
        default: self.init(.unavailable(reason: error.shortDescription), .retry(.transient))
        }
    }
}
