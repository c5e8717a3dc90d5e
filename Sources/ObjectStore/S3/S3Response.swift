import Content
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// The answer to a request, without its body.
struct S3Head: Sendable {
    let status: Int
    let headers: HTTPHeaders

    /// The value of a header that must be there once to count.
    subscript(_ name: String) -> String? { self.headers.first(name: name) }

    var etag: String? { self["etag"].map { S3Head.unquote($0) } }

    /// Bytes in the body, or in the object for `HEAD`.
    var length: Int64? { self["content-length"].flatMap { Int64($0) } }

    /// SHA-256 of the whole object: verified by the store, or noted by us when it was put.
    var digest: Digest? {
        if let text = self["x-amz-checksum-sha256"], let digest = Digest(base64: text) { return digest }
        return self[S3Head.digestHeader].flatMap { Digest($0) }
    }

    var lastModified: Date { self["last-modified"].flatMap(HTTPDate.parse) ?? Date(timeIntervalSince1970: 0) }

    /// Our own note of an object's digest, for stores that keep no checksums.
    static let digestHeader = "x-amz-meta-slipway-sha256"

    /// Our own note of the call that put an object, by which a repeated call knows its own work.
    static let putHeader = "x-amz-meta-slipway-put"

    static func unquote(_ etag: String) -> String {
        guard etag.count >= 2, etag.hasPrefix("\""), etag.hasSuffix("\"") else { return etag }
        return String(etag.dropFirst().dropLast())
    }
}

/// The answer to a request, its body in memory.
struct S3Response: Sendable {
    let head: S3Head
    let body: [UInt8]
}

extension Digest {
    /// - Parameter base64: as `x-amz-checksum-sha256` has it. A composite of parts, which ends in `-N`, is none.
    init?(base64 text: String) {
        guard let data = Data(base64Encoded: text), data.count == Digest.length else { return nil }
        self.init(bytes: Array(data))
    }

    var base64: String { Data(self.bytes).base64EncodedString() }
}
