public import Content
public import FoundationEssentials

/// What a presigned request allows its bearer to do, once or often, until it expires.
public enum PresignedOperation: Equatable, Sendable {
    /// Read the object, or ranges of it.
    case get(ObjectKey)
    /// Write the object, with exactly this length and, where given, this digest.
    case put(ObjectKey, length: Int64, digest: Digest?)
    /// Write one part, with exactly this length.
    case part(ObjectKey, MultipartUploadID, number: Int, length: Int64)

    public var key: ObjectKey {
        switch self {
        case .get(let key), .put(let key, _, _), .part(let key, _, _, _): key
        }
    }
}

/// A request that anybody can send who has it.
///
/// Whoever has the URL has the right: never log it.
public struct PresignedRequest: Equatable, Sendable {
    /// `GET` or `PUT`.
    public let method: String

    /// Complete, with the signature in its query.
    public let url: String

    /// Headers that must be sent exactly so, in lower case; they are part of what was signed.
    public let headers: [String: String]

    public let expiresAt: Date

    public init(method: String, url: String, headers: [String: String], expiresAt: Date) {
        self.method = method
        self.url = url
        self.headers = headers
        self.expiresAt = expiresAt
    }
}

extension PresignedRequest: CustomStringConvertible {
    /// Method and address, never the query: that is where the right to do it is.
    public var description: String { "\(self.method) \(self.url.prefix { $0 != "?" }) until \(self.expiresAt)" }
}
