import Content

/// Signs requests with AWS Signature Version 4.
///
/// A pure function of the request, the key and the time: it keeps nothing and reads no clock.
public struct Signer<Hash: SigningHash>: Sendable {
    public let credentials: Credentials
    public let scope: SigningScope
    let key: SigningKey
    let hash: Hash

    /// - Parameter key: derived from the same credentials and scope.
    public init(credentials: Credentials, scope: SigningScope, key: SigningKey, hash: Hash) {
        self.credentials = credentials
        self.scope = scope
        self.key = key
        self.hash = hash
    }

    /// Signs in the headers.
    ///
    /// - Parameter request: without the headers that signing adds; those present are replaced.
    public func sign(_ request: UnsignedRequest, payload: PayloadHash) -> SignedRequest {
        var request = request
        request.headers.removeAll { Self.own.contains($0.name.lowercased()) }
        request.headers.append(.init("x-amz-date", self.scope.time.text))
        request.headers.append(.init("x-amz-content-sha256", payload.text))
        if let token = self.credentials.sessionToken { request.headers.append(.init("x-amz-security-token", token)) }

        let canonical = CanonicalRequest(request, payload: payload.text)
        let signature = self.signature(of: self.stringToSign(canonical))
        let authorization = """
            AWS4-HMAC-SHA256 Credential=\(self.credentials.accessKey)/\(self.scope.text), \
            SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)
            """
        return SignedRequest(
            method: request.method, host: request.host, path: canonical.path, query: canonical.query,
            headers: request.headers + [.init("authorization", authorization)], signature: signature)
    }

    /// Signs in the query, so that the URL alone (and the headers in the request) is the right to do it.
    ///
    /// - Parameter seconds: how long it counts, from the scope's time; 1 to 604,800.
    public func presign(_ request: UnsignedRequest, expiresIn seconds: Int) -> SignedRequest {
        var request = request
        let signedHeaders = (request.headers.map { $0.name.lowercased() } + ["host"]).sorted().joined(separator: ";")
        request.query += [
            .init("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            .init("X-Amz-Credential", "\(self.credentials.accessKey)/\(self.scope.text)"),
            .init("X-Amz-Date", self.scope.time.text),
            .init("X-Amz-Expires", String(seconds)),
            .init("X-Amz-SignedHeaders", signedHeaders),
        ]
        if let token = self.credentials.sessionToken { request.query.append(.init("X-Amz-Security-Token", token)) }

        let canonical = CanonicalRequest(request, payload: PayloadHash.unsigned.text)
        let signature = self.signature(of: self.stringToSign(canonical))
        return SignedRequest(
            method: request.method, host: request.host, path: canonical.path,
            query: "\(canonical.query)&X-Amz-Signature=\(signature)", headers: request.headers, signature: signature)
    }

    /// What the key signs for a canonical request.
    public func stringToSign(_ canonical: CanonicalRequest) -> String {
        let digest = Hexadecimal.encode(self.hash.sha256(Array(canonical.text.utf8)))
        return "AWS4-HMAC-SHA256\n\(self.scope.time.text)\n\(self.scope.text)\n\(digest)"
    }

    func signature(of text: String) -> String {
        Hexadecimal.encode(self.hash.authenticate(Array(text.utf8), key: self.key.bytes))
    }

    private static var own: [String] {
        ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "authorization", "host"]
    }
}
