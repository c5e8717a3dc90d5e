public import Content

/// Which bucket of which store, and how to behave towards it.
public struct S3Configuration: Equatable, Sendable {
    /// How a bucket is named in a request.
    public enum Addressing: String, Equatable, Sendable {
        /// `https://endpoint/bucket/key`. What servers other than Amazon's usually want.
        case path
        /// `https://bucket.endpoint/key`.
        case virtualHost
    }

    /// The root of the API.
    public let endpoint: S3Endpoint
    public let region: String
    public let bucket: String
    public let addressing: Addressing

    /// A request that moved no byte for so long is given up and sent again.
    public var stallLimit: Duration = .seconds(15)

    /// Completing an upload of many parts keeps some stores busy for minutes in silence.
    public var completionStallLimit: Duration = .seconds(300)

    /// Tries of one request, the first one included.
    public var maximumAttempts = 6

    /// Bytes that requests of this store hold in memory at once, at most.
    public var byteBudget: ByteCount = .mebibytes(24)

    /// Parts of one upload that are sent at once, at most.
    ///
    /// Some stores allow only three.
    public var maximumPartsInFlight = 16

    public init(endpoint: S3Endpoint, region: String, bucket: String, addressing: Addressing) {
        self.endpoint = endpoint
        self.region = region
        self.bucket = bucket
        self.addressing = addressing
    }

    /// The host of every request, with the port when it is not the scheme's own.
    var host: String {
        switch self.addressing {
        case .path: self.endpoint.authority
        case .virtualHost: "\(self.bucket).\(self.endpoint.authority)"
        }
    }

    /// - Parameter key: nil for the bucket itself.
    /// - Returns: not encoded.
    func path(of key: ObjectKey?) -> String {
        switch self.addressing {
        case .path: key.map { "/\(self.bucket)/\($0.text)" } ?? "/\(self.bucket)"
        case .virtualHost: "/\(key?.text ?? "")"
        }
    }
}
