public import Content
import FoundationEssentials
public import Multipart
import SigV4

extension S3Store {
    public func beginMultipart(_ key: ObjectKey) async throws(ObjectStoreError) -> MultipartUploadID {
        var request = S3Request("POST", key)
        request.query = [.init("uploads", "")]
        let document = try await self.client.document("InitiateMultipartUploadResult", request)
        guard let id = document["UploadId"], !id.isEmpty else {
            throw .notS3(reason: "it began an upload without UploadId")
        }
        return MultipartUploadID(id)
    }

    public func putPart(
        _ key: ObjectKey, _ upload: MultipartUploadID, number: Int, _ body: ObjectBody, digest: Digest?
    ) async throws(ObjectStoreError) -> PartInfo {
        guard (1...PartPlan.maximumCount).contains(number) else {
            throw .invalidPart(reason: "part numbers are 1 to \(PartPlan.maximumCount), not \(number)")
        }
        guard body.length <= PartPlan.maximumPartSize.bytes else {
            throw .invalidPart(reason: "part \(number) is longer than \(PartPlan.maximumPartSize)")
        }
        var request = S3Request("PUT", key)
        request.query = [.init("partNumber", String(number)), .init("uploadId", upload.text)]
        request.body = try await body.collectingIfSmall()
        request.digest = digest
        request.carriesChecksum = self.client.capabilities?.verifiesPartChecksums == true
        let response = try await self.client.send(request)
        guard let etag = response.head.etag else { throw .notS3(reason: "it took a part without ETag") }
        return PartInfo(number: number, size: body.length, etag: etag, digest: digest)
    }

    public func listParts(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) -> [PartInfo] {
        var parts = ListedParts()
        var marker = 0
        while true {
            var request = S3Request("GET", key)
            request.query = [
                .init("uploadId", upload.text), .init("max-parts", "1000"), .init("part-number-marker", String(marker)),
            ]
            let document: XMLElement
            do throws(ObjectStoreError) { document = try await self.client.document("ListPartsResult", request) } catch
            {
                if case .notFound = error { throw .noSuchUpload(key, upload) }
                throw error
            }
            for element in document.all("Part") {
                guard let number = element["PartNumber"].flatMap({ Int($0) }),
                    let size = element["Size"].flatMap({ Int64($0) })
                else { throw .notS3(reason: "it lists a part without number or size") }
                let part = PartInfo(
                    number: number, size: size, etag: S3Head.unquote(element["ETag"] ?? ""),
                    digest: element["ChecksumSHA256"].flatMap { Digest(base64: $0) })
                parts.add(part, modified: element["LastModified"].flatMap(HTTPDate.parseISO) ?? .distantPast)
            }
            let next = document["NextPartNumberMarker"].flatMap { Int($0) } ?? parts.last ?? marker
            guard document["IsTruncated"] == "true", next > marker else { break }
            marker = next
        }
        return parts.certain
    }

    public func completeMultipart(
        _ key: ObjectKey, _ upload: MultipartUploadID, parts: [PartInfo], condition: PutCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        guard !parts.isEmpty else { throw .invalidPart(reason: "no part is named") }
        let size = parts.reduce(0) { $0 + $1.size }
        if condition == .ifAbsent, self.client.capabilities?.completesConditionally != true {
            // Some servers ignore the header; a look before keeps all but racing writers apart there.
            if let head = try await self.headers(of: key), !Self.isResult(head, of: parts, size: size) {
                throw .alreadyExists(key)
            }
        }
        let request = self.completion(of: key, upload, parts: parts, condition: condition)
        do throws(ObjectStoreError) {
            let document = try await self.client.document("CompleteMultipartUploadResult", request)
            let etag = S3Head.unquote(document["ETag"] ?? "")
            // Some servers (radosgw) do not say which one it has become.
            if etag.isEmpty, let head = try await self.headers(of: key) { return ObjectInfo(key, head) }
            return ObjectInfo(key: key, size: size, etag: etag, digest: nil, lastModified: self.client.clock())
        } catch {
            // The upload is gone when an earlier call completed it. Only the object can tell.
            switch error {
            case .noSuchUpload, .notFound: break
            case .alreadyExists: if try await self.isOpen(key, upload) { throw error }
            // Some (radosgw again) call an upload that is gone one that is being completed.
            case .unavailable: if try await self.isOpen(key, upload) { throw error }
            default: throw error
            }
            guard let head = try await self.headers(of: key), Self.isResult(head, of: parts, size: size) else {
                if case .unavailable = error { throw .noSuchUpload(key, upload) }
                throw error
            }
            return ObjectInfo(key, head)
        }
    }

    /// The request that makes one object of parts.
    func completion(
        of key: ObjectKey, _ upload: MultipartUploadID, parts: [PartInfo], condition: PutCondition
    ) -> S3Request {
        let list = parts.map { part in
            "<Part><PartNumber>\(part.number)</PartNumber><ETag>\(XMLElement.escape("\"\(part.etag)\""))</ETag></Part>"
        }
        var request = S3Request("POST", key)
        request.query = [.init("uploadId", upload.text)]
        request.headers = [.init("content-type", "application/xml")]
        request.body = .bytes(
            Array(
                "<CompleteMultipartUpload xmlns=\"\(S3Client.namespace)\">\(list.joined())</CompleteMultipartUpload>"
                    .utf8))
        request.stallLimit = self.configuration.completionStallLimit
        if condition == .ifAbsent { request.headers.append(.init("if-none-match", "*")) }
        return request
    }

    public func abortMultipart(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) {
        var request = S3Request("DELETE", key)
        request.query = [.init("uploadId", upload.text)]
        do throws(ObjectStoreError) { _ = try await self.client.send(request) } catch {
            if case .noSuchUpload = error { return }
            throw error
        }
    }

    public func listMultipartUploads(prefix: String) async throws(ObjectStoreError) -> [OpenMultipartUpload] {
        var uploads: [OpenMultipartUpload] = []
        var marker: (key: String, upload: String)?
        while true {
            var request = S3Request("GET", nil)
            request.query = [.init("uploads", ""), .init("prefix", prefix), .init("max-uploads", "1000")]
            if let marker {
                request.query += [.init("key-marker", marker.key), .init("upload-id-marker", marker.upload)]
            }
            let document = try await self.client.document("ListMultipartUploadsResult", request)
            for element in document.all("Upload") {
                guard let key = element["Key"].flatMap({ ObjectKey($0) }), let id = element["UploadId"] else {
                    continue
                }
                let begun = element["Initiated"].flatMap(HTTPDate.parseISO) ?? .distantPast
                uploads.append(OpenMultipartUpload(key: key, id: MultipartUploadID(id), begunAt: begun))
            }
            guard document["IsTruncated"] == "true", let key = document["NextKeyMarker"],
                marker.map({ ($0.key, $0.upload) < (key, document["NextUploadIdMarker"] ?? "") }) ?? true
            else { break }
            marker = (key, document["NextUploadIdMarker"] ?? "")
        }
        return uploads.sorted { ($0.key, $0.begunAt, $0.id.text) < ($1.key, $1.begunAt, $1.id.text) }
    }

    private func isOpen(_ key: ObjectKey, _ upload: MultipartUploadID) async throws(ObjectStoreError) -> Bool {
        do throws(ObjectStoreError) { _ = try await self.listParts(key, upload) } catch {
            if case .noSuchUpload = error { return false }
            throw error
        }
        return true
    }

    /// Whether an object is what completing these parts makes: as long, and by its ETag of as many parts.
    private static func isResult(_ head: S3Head, of parts: [PartInfo], size: Int64) -> Bool {
        guard head.length == size else { return false }
        guard let count = head.etag?.split(separator: "-").dropFirst().last else { return true }
        return count == String(parts.count)
    }
}
