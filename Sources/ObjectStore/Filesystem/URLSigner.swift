import Content
import Digests
public import FoundationEssentials

/// Makes and checks presigned requests to our own API, which stands in for S3 in front of a ``FilesystemStore``.
///
///     <publicBase>/storage/v1/<key>?op=get&expires=<unix>&signature=<HMAC-SHA256>
///
/// The method, the key, the operation with its length and digest, and the end of its life are signed.
public struct URLSigner: Sendable {
    private let key: [UInt8]
    private let publicBase: String

    /// What comes before the key in the path.
    public static let pathPrefix = "/storage/v1/"

    /// - Parameters:
    ///   - key: secret, 32 bytes or more, the same in all processes that share the store.
    ///   - publicBase: where clients reach us, such as `https://api.example.com`, without a slash at its end.
    public init(key: [UInt8], publicBase: String) {
        precondition(key.count >= 32, "the key of the URL signer has \(key.count) bytes, not 32 or more")
        self.key = key
        self.publicBase = publicBase
    }

    /// - Parameter expiresAt: counted in whole seconds.
    public func sign(_ operation: PresignedOperation, expiresAt: Date) -> PresignedRequest {
        let expires = Int64(expiresAt.timeIntervalSince1970)
        let signed = SignedOperation(operation: operation, expires: expires)
        let signature = Hexadecimal.encode(self.signature(of: signed))
        return PresignedRequest(
            method: signed.method,
            url: "\(self.publicBase)\(Self.pathPrefix)\(signed.target)&signature=\(signature)",
            headers: signed.headers, expiresAt: Date(timeIntervalSince1970: TimeInterval(expires)))
    }

    /// What a request is allowed to do.
    ///
    /// - Parameters:
    ///   - method: `HEAD` counts as `GET`.
    ///   - path: as it came, percent-encoded, from ``pathPrefix`` on.
    ///   - query: as it came, without the question mark.
    /// - Throws: ``URLSignatureError``; the signature is checked before the time, so nothing about a forged URL is told.
    public func verify(
        method: String, path: String, query: String, now: Date
    ) throws(URLSignatureError) -> SignedOperation {
        guard path.hasPrefix(Self.pathPrefix) else {
            throw .malformed(reason: "the path is not below \(Self.pathPrefix)")
        }
        let (operation, code) = try SignedOperation.parse(path: path.dropFirst(Self.pathPrefix.count), query: query)
        guard HMACSHA256.isValid(code, for: operation.message, key: self.key) else { throw .tampered }
        guard method == operation.method || (method == "HEAD" && operation.method == "GET") else {
            throw .wrongMethod(expected: operation.method)
        }
        guard now.timeIntervalSince1970 <= Double(operation.expires) else { throw .expired }
        return operation
    }

    private func signature(of operation: SignedOperation) -> [UInt8] {
        HMACSHA256.authenticate(operation.message, key: self.key)
    }
}
