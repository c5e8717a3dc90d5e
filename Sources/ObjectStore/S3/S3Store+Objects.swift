import Content
import Digests
import FoundationEssentials
import SigV4

extension S3Store {
    /// Objects that one request deletes at most.
    private static let deleteLimit = 1000

    public func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        if keys.count == 1, let key = keys.first {
            try await self.deleteOne(key)
            return
        }
        var rest = keys[...]
        while !rest.isEmpty {
            let page = Array(rest.prefix(Self.deleteLimit))
            rest = rest.dropFirst(page.count)
            do throws(ObjectStoreError) { try await self.deletePage(page) } catch {
                switch error {
                case .unsupported, .rejected, .notS3:
                    // Some servers lack this request or want it otherwise; all have the simple one.
                    for key in page { try await self.deleteOne(key) }
                default: throw error
                }
            }
        }
    }

    public func list(
        prefix: String, after: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectInfo] {
        precondition((1...1000).contains(limit), "a page has 1 to 1,000 objects, not \(limit)")
        var found: [ObjectInfo] = []
        var token: String?
        while found.count < limit {
            var request = S3Request("GET", nil)
            request.query = [
                .init("list-type", "2"), .init("prefix", prefix), .init("max-keys", String(limit - found.count)),
            ]
            if let token {
                request.query.append(.init("continuation-token", token))
            } else if let after {
                request.query.append(.init("start-after", after.text))
            }
            let document = try await self.client.document("ListBucketResult", request)
            for element in document.all("Contents") {
                // Names that cannot be keys were put there by others: markers of directories, mostly.
                guard let key = element["Key"].flatMap({ ObjectKey($0) }) else { continue }
                found.append(
                    ObjectInfo(
                        key: key, size: element["Size"].flatMap { Int64($0) } ?? 0,
                        etag: S3Head.unquote(element["ETag"] ?? ""), digest: nil,
                        lastModified: element["LastModified"].flatMap(HTTPDate.parseISO) ?? .distantPast))
            }
            let next = document["NextContinuationToken"]
            guard document["IsTruncated"] == "true", let next, next != token else { break }
            token = next
        }
        return found
    }

    private func deleteOne(_ key: ObjectKey) async throws(ObjectStoreError) {
        var request = S3Request("DELETE", key)
        request.acceptsMissing = true
        _ = try await self.client.send(request)
    }

    private func deletePage(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        let objects = keys.map { "<Object><Key>\(XMLElement.escape($0.text))</Key></Object>" }.joined()
        let body = Array("<Delete xmlns=\"\(S3Client.namespace)\"><Quiet>true</Quiet>\(objects)</Delete>".utf8)
        let digest = Digest.sha256(of: body)
        var request = S3Request("POST", nil)
        request.query = [.init("delete", "")]
        request.headers = [.init("content-type", "application/xml"), .init("x-amz-checksum-sha256", digest.base64)]
        request.body = .bytes(body)
        request.digest = digest
        let document = try await self.client.document("DeleteResult", request)
        for element in document.all("Error") where element["Code"] != "NoSuchKey" {
            let detail = "\(element["Code"] ?? ""): \(element["Message"] ?? "")"
            switch element["Code"] {
            case "AccessDenied": throw .accessDenied(reason: detail)
            case "InternalError", "SlowDown", "ServiceUnavailable": throw .unavailable(reason: detail)
            default: throw .rejected(status: 200, reason: detail)
            }
        }
    }
}

extension S3Client {
    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    /// Sends a request whose answer is an XML document.
    ///
    /// - Parameter name: of the root element. Anything else did not come from S3.
    func document(_ name: String, _ request: S3Request) async throws(ObjectStoreError) -> XMLElement {
        let response = try await self.send(request)
        guard let document = XMLElement(document: response.body), document.name == name else {
            throw .notS3(reason: "it answered with status \(response.head.status) and no \(name)")
        }
        return document
    }
}
