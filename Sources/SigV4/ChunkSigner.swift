import Content

/// Signs the chunks of a body sent as `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, each with the signature before it.
///
/// "Signature calculations for the authorization header: transferring payload in multiple chunks", S3 API reference.
public struct ChunkSigner<Hash: SigningHash>: Sendable {
    private let signer: Signer<Hash>
    private var previous: String

    /// - Parameter seed: the signature of the request's headers.
    public init(signer: Signer<Hash>, seed: String) {
        self.signer = signer
        self.previous = seed
    }

    /// What goes before a chunk's bytes; after them goes `\r\n`.
    ///
    /// The last chunk is empty.
    public mutating func header(for chunk: [UInt8]) -> String {
        "\(String(chunk.count, radix: 16));chunk-signature=\(self.sign(chunk))\r\n"
    }

    /// The signature of the next chunk.
    public mutating func sign(_ chunk: [UInt8]) -> String {
        self.previous = self.signer.signature(of: self.stringToSign(chunk))
        return self.previous
    }

    func stringToSign(_ chunk: [UInt8]) -> String {
        let scope = self.signer.scope
        let digest = Hexadecimal.encode(self.signer.hash.sha256(chunk))
        return """
            AWS4-HMAC-SHA256-PAYLOAD
            \(scope.time.text)
            \(scope.text)
            \(self.previous)
            \(PayloadHash.empty)
            \(digest)
            """
    }
}
