public import Storefront

/// One request to another service.
public struct PlatformCall: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    public let method: Method
    /// From the root of the service, percent-encoded: `/v1/payouts/0190…`.
    public let path: String
    /// Encoded here.
    public let query: [(name: String, value: String)]
    public let body: JSONValue?
    /// Makes a repeat of a POST harmless, and so allows one.
    public let idempotencyKey: String?

    public static func get(_ path: String, query: [(name: String, value: String)] = []) -> PlatformCall {
        PlatformCall(method: .get, path: path, query: query, body: nil, idempotencyKey: nil)
    }

    public static func post(_ path: String, _ body: JSONValue, idempotencyKey: String?) -> PlatformCall {
        PlatformCall(method: .post, path: path, query: [], body: body, idempotencyKey: idempotencyKey)
    }

    /// Whether doing it twice is doing it once.
    var isRepeatable: Bool { self.method == .get || self.idempotencyKey != nil }

    /// Path and query as they are sent.
    var target: String {
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
