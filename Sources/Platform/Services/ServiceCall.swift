public import Storefront

/// One request to another service of the platform.
public struct ServiceCall: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    public let method: Method
    /// From the root of the service, percent-encoded: `/v1/payouts/0190…`.
    public let path: String
    /// Encoded here.
    public let query: [(name: String, value: String)]
    public let body: JSONValue?
    /// The same for the same request, however often it is sent, which makes sending it twice harmless.
    public let idempotencyKey: String?

    public static func get(_ path: String, query: [(name: String, value: String)] = []) -> ServiceCall {
        ServiceCall(method: .get, path: path, query: query, body: nil, idempotencyKey: nil)
    }

    /// - Parameter idempotencyKey: nil for a call that must not be made twice.
    public static func post(_ path: String, _ body: JSONValue, idempotencyKey: String?) -> ServiceCall {
        ServiceCall(method: .post, path: path, query: [], body: body, idempotencyKey: idempotencyKey)
    }

    public static func put(_ path: String, _ body: JSONValue) -> ServiceCall {
        ServiceCall(method: .put, path: path, query: [], body: body, idempotencyKey: nil)
    }

    public static func delete(_ path: String) -> ServiceCall {
        ServiceCall(method: .delete, path: path, query: [], body: nil, idempotencyKey: nil)
    }

    /// Whether doing it twice is doing it once (RFC 9110 §9.2.2), or made so by its key.
    public var isRepeatable: Bool {
        switch self.method {
        case .get, .put, .delete: true
        case .post: self.idempotencyKey != nil
        }
    }

    /// Path and query as they are sent.
    public var target: String {
        guard !self.query.isEmpty else { return self.path }
        return self.path + "?"
            + self.query.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    /// Percent-encodes all but the unreserved characters of RFC 3986 §2.3.
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
