/// Where and when a signature counts.
public struct SigningScope: Hashable, Sendable {
    public let time: SigningTime
    public let region: String
    public let service: String

    public init(time: SigningTime, region: String, service: String) {
        self.time = time
        self.region = region
        self.service = service
    }

    /// As in `20130524/us-east-1/s3/aws4_request`.
    public var text: String { "\(self.time.day)/\(self.region)/\(self.service)/aws4_request" }
}
