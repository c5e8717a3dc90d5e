/// Why a presigned request to our own API is refused.
public enum URLSignatureError: Error, Equatable, Sendable {
    /// The URL was never one of ours. The sender must not change it.
    case malformed(reason: String)
    /// The signature is not ours for this request. The sender must ask for a new URL.
    case tampered
    /// The URL is good for another method only.
    case wrongMethod(expected: String)
    /// The URL's life is over. The sender must ask for a new one.
    case expired
}
