public import Content

/// What `x-amz-content-sha256` says about the body.
public enum PayloadHash: Equatable, Sendable {
    /// The body is this. For plain HTTP, where nothing else protects it.
    case digest(Digest)
    /// The signature says nothing about the body. For TLS.
    case unsigned
    /// The body is a row of chunks, each with a signature of its own (``ChunkSigner``).
    case signedChunks

    /// SHA-256 of nothing.
    public static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    public var text: String {
        switch self {
        case .digest(let digest): digest.description
        case .unsigned: "UNSIGNED-PAYLOAD"
        case .signedChunks: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
        }
    }
}
