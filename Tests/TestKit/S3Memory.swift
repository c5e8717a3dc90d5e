import Foundation

/// Objects and uploads in memory, and the few requests of S3 that the fault server serves.
struct S3Memory: Sendable {
    struct Answer {
        var status = 200
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        var isHead = false
    }

    /// By path: `/bucket/key`.
    private(set) var objects: [String: [UInt8]] = [:]

    /// By upload: parts by number.
    private(set) var uploads: [String: [Int: [UInt8]]] = [:]
    /// By upload: where its object will be.
    private var places: [String: String] = [:]
    private var notes: [String: [String: String]] = [:]
    private var etags: [String: String] = [:]
    private var counter = 0
    /// Whether `If-None-Match` changes nothing.
    var ignoresConditions = false

    mutating func serve(_ request: S3FaultServer.Request, _ body: [UInt8]) -> Answer {
        let sides = request.target.split(separator: "?", maxSplits: 1)
        let path = String(sides[0])
        var query: [String: String] = [:]
        for pair in sides.count == 2 ? sides[1].split(separator: "&") : [] {
            let pair = pair.split(separator: "=", maxSplits: 1).map(String.init)
            query[pair[0]] = pair.count == 2 ? pair[1] : ""
        }
        switch (request.method, query["uploadId"]) {
        case ("POST", nil) where query["uploads"] != nil: return self.begin(path)
        case ("PUT", let upload?): return self.putPart(upload, Int(query["partNumber"] ?? "") ?? 0, body)
        case ("GET", let upload?):
            return self.listParts(
                upload, after: Int(query["part-number-marker"] ?? "") ?? 0, limit: Int(query["max-parts"] ?? "") ?? 1000
            )
        case ("POST", let upload?): return self.complete(upload, path, request)
        case ("DELETE", let upload?):
            return self.uploads.removeValue(forKey: upload) == nil
                ? Self.refusal(404, "NoSuchUpload") : Answer(status: 204)
        case ("PUT", nil): return self.put(path, body, request)
        case ("DELETE", nil):
            self.objects[path] = nil
            return Answer(status: 204)
        case ("GET", nil) where query["list-type"] != nil: return self.list(path, prefix: query["prefix"] ?? "")
        case ("GET", nil) where query["uploads"] != nil: return self.listUploads(path, prefix: query["prefix"] ?? "")
        case ("GET", nil), ("HEAD", nil): return self.get(path, request)
        default: return Self.refusal(501, "NotImplemented")
        }
    }

    private mutating func put(_ path: String, _ body: [UInt8], _ request: S3FaultServer.Request) -> Answer {
        if !self.ignoresConditions, request.headers["if-none-match"] == "*", self.objects[path] != nil {
            return Self.refusal(412, "PreconditionFailed")
        }
        self.objects[path] = body
        self.notes[path] = request.headers.filter { $0.key.hasPrefix("x-amz-meta-") }
        self.etags[path] = self.newName()
        return Answer(headers: ["etag": "\"\(self.etags[path] ?? "")\""])
    }

    private func get(_ path: String, _ request: S3FaultServer.Request) -> Answer {
        guard let object = self.objects[path], let etag = self.etags[path] else {
            return Self.refusal(404, "NoSuchKey")
        }
        if let wanted = request.headers["if-match"], wanted != "\"\(etag)\"" {
            return Self.refusal(412, "PreconditionFailed")
        }
        var answer = Answer(headers: ["etag": "\"\(etag)\""])
        for (name, value) in self.notes[path] ?? [:] { answer.headers[name] = value }
        answer.body = object
        if let range = request.headers["range"] {
            let ends = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
            guard ends.count == 2, ends[0] < object.count else { return Self.refusal(416, "InvalidRange") }
            let last = min(ends[1], object.count - 1)
            answer.status = 206
            answer.headers["content-range"] = "bytes \(ends[0])-\(last)/\(object.count)"
            answer.body = Array(object[ends[0]...last])
        }
        answer.isHead = request.method == "HEAD"
        answer.headers["content-length"] = String(answer.body.count)
        return answer
    }

    /// All there is, in one page.
    private func list(_ bucket: String, prefix: String) -> Answer {
        let prefix = prefix.replacing("%2F", with: "/")
        let names = self.objects.keys.compactMap { path in
            path.hasPrefix("\(bucket)/\(prefix)") ? path.dropFirst(bucket.count + 1) : nil
        }
        let list = names.sorted().map { "<Contents><Key>\($0)</Key></Contents>" }.joined()
        return Self.document("<ListBucketResult><IsTruncated>false</IsTruncated>\(list)</ListBucketResult>")
    }

    /// All that are open, in one page; begun just now, as far as anybody can tell.
    private func listUploads(_ bucket: String, prefix: String) -> Answer {
        let prefix = "\(bucket)/\(prefix.replacing("%2F", with: "/"))"
        let begun = Date().ISO8601Format()
        let list = self.uploads.keys.sorted().compactMap { upload -> String? in
            guard let place = self.places[upload], place.hasPrefix(prefix) else { return nil }
            let key = place.dropFirst(bucket.count + 1)
            return "<Upload><Key>\(key)</Key><UploadId>\(upload)</UploadId><Initiated>\(begun)</Initiated></Upload>"
        }
        return Self.document(
            "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>\(list.joined())</ListMultipartUploadsResult>")
    }

    private mutating func begin(_ path: String) -> Answer {
        let upload = self.newName()
        self.places[upload] = path
        self.uploads[upload] = [:]
        return Self.document(
            "<InitiateMultipartUploadResult><UploadId>\(upload)</UploadId></InitiateMultipartUploadResult>")
    }

    private mutating func putPart(_ upload: String, _ number: Int, _ body: [UInt8]) -> Answer {
        guard self.uploads[upload] != nil else { return Self.refusal(404, "NoSuchUpload") }
        self.uploads[upload]?[number] = body
        return Answer(headers: ["etag": "\"part-\(number)\""])
    }

    mutating func addParts(to upload: String, numbers: ClosedRange<Int>) {
        for number in numbers { self.uploads[upload]?[number] = [1] }
    }

    private func listParts(_ upload: String, after marker: Int, limit: Int) -> Answer {
        guard let parts = self.uploads[upload] else { return Self.refusal(404, "NoSuchUpload") }
        let rest = parts.sorted { $0.key < $1.key }.filter { $0.key > marker }
        let page = rest.prefix(limit)
        let list = page.map {
            "<Part><PartNumber>\($0.key)</PartNumber><Size>\($0.value.count)</Size><ETag>\"part-\($0.key)\"</ETag></Part>"
        }
        let next = "<NextPartNumberMarker>\(page.last?.key ?? marker)</NextPartNumberMarker>"
        return Self.document(
            "<ListPartsResult><IsTruncated>\(page.count < rest.count)</IsTruncated>\(next)\(list.joined())</ListPartsResult>"
        )
    }

    private mutating func complete(_ upload: String, _ path: String, _ request: S3FaultServer.Request) -> Answer {
        guard let parts = self.uploads[upload] else { return Self.refusal(404, "NoSuchUpload") }
        if !self.ignoresConditions, request.headers["if-none-match"] == "*", self.objects[path] != nil {
            return Self.refusal(412, "PreconditionFailed")
        }
        self.uploads[upload] = nil
        self.objects[path] = parts.sorted { $0.key < $1.key }.flatMap(\.value)
        self.etags[path] = "\(self.newName())-\(parts.count)"
        let etag = self.etags[path] ?? ""
        return Self.document("<CompleteMultipartUploadResult><ETag>\"\(etag)\"</ETag></CompleteMultipartUploadResult>")
    }

    private mutating func newName() -> String {
        self.counter += 1
        return "n\(self.counter)"
    }

    private static func document(_ text: String) -> Answer {
        Answer(body: Array("<?xml version=\"1.0\"?>\(text)".utf8))
    }

    private static func refusal(_ status: Int, _ code: String) -> Answer {
        Answer(status: status, body: Array("<Error><Code>\(code)</Code><Message>no</Message></Error>".utf8))
    }
}
