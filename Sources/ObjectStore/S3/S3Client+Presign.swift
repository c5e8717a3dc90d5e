import Content
import FoundationEssentials
import SigV4

extension S3Client {
    /// The longest life of a presigned request (S3 API reference).
    private static let longestLife: TimeInterval = 604_800

    func presign(
        _ operation: PresignedOperation, expiresIn: Duration, now: Date
    ) async throws(ObjectStoreError) -> PresignedRequest {
        let (signer, credentials) = try await self.signer(at: now)
        var life = min(TimeInterval(expiresIn.components.seconds), Self.longestLife)
        if let end = credentials.expiresAt { life = min(life, end.timeIntervalSince(now).rounded(.down)) }
        guard life >= 1 else { throw .expired }

        var request = UnsignedRequest(
            method: "GET", host: self.configuration.host, path: self.configuration.path(of: operation.key), query: [],
            headers: [])
        switch operation {
        case .get: break
        case .put(_, let length, let digest):
            request.method = "PUT"
            request.headers = [.init("content-length", String(length))]
            if let digest {
                request.headers.append(.init("x-amz-checksum-sha256", digest.base64))
                request.headers.append(.init(S3Head.digestHeader, digest.description))
            }
        case .part(_, let upload, let number, let length):
            request.method = "PUT"
            request.query = [.init("partNumber", String(number)), .init("uploadId", upload.text)]
            request.headers = [.init("content-length", String(length))]
        }
        let signed = signer.presign(request, expiresIn: Int(life))
        return PresignedRequest(
            method: signed.method, url: signed.url(scheme: self.configuration.endpoint.scheme),
            headers: Dictionary(signed.headers.map { ($0.name, $0.value) }) { first, _ in first },
            expiresAt: now.addingTimeInterval(life))
    }
}
