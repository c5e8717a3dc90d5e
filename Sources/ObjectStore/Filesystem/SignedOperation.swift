public import Content
import FoundationEssentials
import SigV4

/// What a presigned request to our own API allows.
public struct SignedOperation: Equatable, Sendable {
    public let operation: PresignedOperation

    /// Unix time of the last second in which it counts.
    public let expires: Int64

    init(operation: PresignedOperation, expires: Int64) {
        self.operation = operation
        self.expires = expires
    }

    /// `GET` or `PUT`.
    public var method: String {
        switch self.operation {
        case .get: "GET"
        case .put, .part: "PUT"
        }
    }

    /// What the body must have, where one is to come.
    public var digest: Digest? {
        if case .put(_, _, let digest) = self.operation { digest } else { nil }
    }

    /// Headers that the sender must send.
    var headers: [String: String] {
        switch self.operation {
        case .get: [:]
        case .put(_, let length, _), .part(_, _, _, let length): ["content-length": String(length)]
        }
    }

    /// The encoded key and the query but for the signature, always in this one spelling.
    var target: String {
        let key = PercentEncoding.path(self.operation.key.text)
        let fields: [(String, String)] =
            switch self.operation {
            case .get: [("op", "get")]
            case .put(_, let length, let digest):
                [("op", "put"), ("length", String(length))] + (digest.map { [("sha256", $0.description)] } ?? [])
            case .part(_, let upload, let number, let length):
                [("op", "part"), ("upload", upload.text), ("number", String(number)), ("length", String(length))]
            }
        let query = (fields + [("expires", String(self.expires))]).map { "\($0)=\(PercentEncoding.query($1))" }
        return "\(key)?\(query.joined(separator: "&"))"
    }

    /// What is signed.
    var message: [UInt8] { Array("slipway-storage-1\n\(self.method)\n\(self.target)".utf8) }

    /// Reads what ``URLSigner`` wrote.
    ///
    /// Nothing in it is to be believed before the code is checked.
    static func parse(
        path: Substring, query: String
    ) throws(URLSignatureError) -> (operation: SignedOperation, code: [UInt8]) {
        guard let text = PercentEncoding.decode(path), let key = ObjectKey(text) else {
            throw .malformed(reason: "the path has no key")
        }
        var fields: [String: String] = [:]
        for pair in query.split(separator: "&", omittingEmptySubsequences: false) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let value = PercentEncoding.decode(sides[1]),
                fields.updateValue(value, forKey: String(sides[0])) == nil
            else { throw .malformed(reason: "the query is not name=value pairs, each name once") }
        }
        guard let code = fields.removeValue(forKey: "signature").flatMap(Hexadecimal.decode) else {
            throw .malformed(reason: "the query has no signature")
        }
        guard let expires = fields.removeValue(forKey: "expires").flatMap(Int64.init) else {
            throw .malformed(reason: "the query has no expires")
        }
        let operation = try self.operation(of: key, fields)
        return (SignedOperation(operation: operation, expires: expires), code)
    }

    private static func operation(
        of key: ObjectKey, _ fields: [String: String]
    ) throws(URLSignatureError) -> PresignedOperation {
        let length = fields["length"].flatMap(Int64.init)
        switch (fields["op"], length, fields["upload"], fields["number"].flatMap(Int.init)) {
        case ("get", _, _, _) where fields.count == 1: return .get(key)
        case ("put", let length?, _, _) where fields.count == 2: return .put(key, length: length, digest: nil)
        case ("put", let length?, _, _) where fields.count == 3:
            guard let digest = fields["sha256"].flatMap({ Digest($0) }) else { break }
            return .put(key, length: length, digest: digest)
        case ("part", let length?, let upload?, let number?) where fields.count == 4:
            return .part(key, MultipartUploadID(upload), number: number, length: length)
        default: break
        }
        throw .malformed(reason: "the query names no operation")
    }
}
