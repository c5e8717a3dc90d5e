import Content
import Digests
import SigV4

extension S3Store {
    /// Finds out what the store does, with a few small objects that are removed again, and behaves accordingly from then on.
    ///
    /// An endpoint, credentials or a bucket that cannot be used are found out too, before any long work.
    @discardableResult
    public func probe() async throws(ObjectStoreError) -> S3Capabilities {
        try await self.check()
        let key = try ObjectKey(validating: "probe/\(try FilesystemLayout.randomName())")
        let found: S3Capabilities
        do throws(ObjectStoreError) { found = try await self.probe(at: key) } catch {
            try? await self.delete([key])
            throw error
        }
        try await self.delete([key])
        self.client.learn(found)
        return found
    }

    private func probe(at key: ObjectKey) async throws(ObjectStoreError) -> S3Capabilities {
        let (bytes, others) = (Array("probe".utf8), Array("other".utf8))
        let digest = Digest.sha256(of: bytes)
        _ = try await self.put(key, .bytes(bytes), digest: digest, condition: .always)
        var keeps = false
        if let head = try await self.headers(of: key) { keeps = head["x-amz-checksum-sha256"] == digest.base64 }
        let verifiesChecksums = try await self.refuses { () throws(ObjectStoreError) in
            var request = S3Request("PUT", key)
            request.body = .bytes(others)
            request.headers = [.init("x-amz-checksum-sha256", digest.base64)]
            _ = try await self.client.send(request, trying: 1)
        }
        let verifiesSignedBodies = try await self.refuses { () throws(ObjectStoreError) in
            var request = S3Request("PUT", key)
            request.body = .bytes(others)
            request.signedBody = .digest(digest)
            _ = try await self.client.send(request, trying: 1)
        }
        let putsConditionally = try await self.refuses { () throws(ObjectStoreError) in
            var request = S3Request("PUT", key)
            request.body = .bytes(others)
            request.headers = [.init("if-none-match", "*")]
            _ = try await self.client.send(request)
        }
        let uploads = try await self.probeUpload(at: key)
        return S3Capabilities(
            verifiesChecksums: verifiesChecksums, verifiesPartChecksums: uploads.verifiesParts, keepsChecksums: keeps,
            verifiesSignedBodies: verifiesSignedBodies, putsConditionally: putsConditionally,
            completesConditionally: uploads.completesConditionally)
    }

    /// Whether a request that must not be carried out is refused, and not for a reason that ends the probe.
    private func refuses(_ call: () async throws(ObjectStoreError) -> Void) async throws(ObjectStoreError) -> Bool {
        do throws(ObjectStoreError) { try await call() } catch {
            switch error {
            case .alreadyExists, .damagedInTransit, .rejected, .accessDenied, .conflict, .unsupported: return true
            default: throw error
            }
        }
        return false
    }

    private func probeUpload(
        at key: ObjectKey
    ) async throws(ObjectStoreError) -> (verifiesParts: Bool, completesConditionally: Bool) {
        let upload = try await self.beginMultipart(key)
        do throws(ObjectStoreError) {
            let bytes: [UInt8] = [1]
            let right = Digest.sha256(of: bytes)
            let takes =
                !(try await self.refuses { () throws(ObjectStoreError) in
                    try await self.putPart(bytes, key, upload, checksum: right)
                })
            let verifies = try await self.refuses { () throws(ObjectStoreError) in
                try await self.putPart(bytes, key, upload, checksum: Digest.sha256(of: []))
            }
            let part = try await self.putPart(key, upload, number: 1, .bytes(bytes), digest: nil)
            let refused = try await self.refuses { () throws(ObjectStoreError) in
                _ = try await self.client.document(
                    "CompleteMultipartUploadResult",
                    self.completion(of: key, upload, parts: [part], condition: .ifAbsent))
            }
            if refused { try await self.abortMultipart(key, upload) }
            return (takes && verifies, refused)
        } catch {
            try? await self.abortMultipart(key, upload)
            throw error
        }
    }

    private func putPart(
        _ bytes: [UInt8], _ key: ObjectKey, _ upload: MultipartUploadID, checksum: Digest
    ) async throws(ObjectStoreError) {
        var request = S3Request("PUT", key)
        request.query = [.init("partNumber", "1"), .init("uploadId", upload.text)]
        request.body = .bytes(bytes)
        request.headers = [.init("x-amz-checksum-sha256", checksum.base64)]
        _ = try await self.client.send(request, trying: 1)
    }
}
