import FoundationEssentials
import SigV4

/// A request that failed, and what may be done about it.
struct S3Failure: Error, Sendable {
    enum Remedy: Equatable, Sendable {
        case none
        case retry(RetryPolicy.Reason)
        /// At once: the connection seems dead, and nothing else is wrong.
        case sendAgain
        /// Sign again by the server's clock.
        case correctClock(serverTime: Date)
        /// Ask for credentials again.
        case renewCredentials
    }

    let error: ObjectStoreError
    let remedy: Remedy

    /// What the server asked for.
    var retryAfter: Duration?

    init(_ error: ObjectStoreError, _ remedy: Remedy) {
        self.error = error
        self.remedy = remedy
    }
}

extension S3Failure {
    /// Judges an answer that is no success, or an `<Error>` in one that says it is.
    ///
    /// Retried classes as minio-go (`retry.go`) and the AWS SDKs have them, without status 400, 403, 404 and 412.
    init(_ request: S3Request, bucket: String, _ response: S3Response) {
        let document = XMLElement(document: response.body).flatMap { $0.name == "Error" ? $0 : nil }
        let head = response.head
        let code = document?["Code"] ?? ""
        let detail = [code.isEmpty ? "status \(head.status)" : code, document?["Message"] ?? ""]
            .filter { !$0.isEmpty }
            .joined(separator: ": ")
        let region = document?["Region"] ?? head["x-amz-bucket-region"]
        self = Self.judge(
            Refusal(
                request: request, bucket: bucket, status: head.status, code: code, detail: detail, region: region,
                date: head["date"].flatMap(HTTPDate.parse), isS3: document != nil || response.body.isEmpty))
        self.retryAfter = Self.retryAfter(head)
    }

    private struct Refusal {
        let request: S3Request
        let bucket: String
        let status: Int
        let code: String
        let detail: String
        let region: String?
        let date: Date?
        let isS3: Bool

        var key: ObjectKey { self.request.key ?? "bucket" }

        var upload: MultipartUploadID? {
            self.request.query.first { $0.name == "uploadId" }.map { MultipartUploadID($0.value) }
        }
    }

    private static func judge(_ refusal: Refusal) -> S3Failure {
        self.judgeCode(refusal) ?? self.judgeStatus(refusal)
    }

    private static func judgeCode(_ refusal: Refusal) -> S3Failure? {
        let key = refusal.key
        switch refusal.code {
        case "NoSuchKey": return S3Failure(.notFound(key), .none)
        case "NoSuchBucket", "InvalidBucketName": return S3Failure(.bucketMissing(refusal.bucket), .none)
        case "NoSuchUpload": return S3Failure(.noSuchUpload(key, refusal.upload ?? MultipartUploadID("")), .none)
        case "PreconditionFailed": return S3Failure(.alreadyExists(key), .none)
        case "ConditionalRequestConflict", "OperationAborted": return S3Failure(.conflict(key), .retry(.transient))
        case "RequestTimeTooSkewed":
            let remedy = refusal.date.map { Remedy.correctClock(serverTime: $0) } ?? .none
            return S3Failure(.clockSkew(reason: refusal.detail), remedy)
        case "ExpiredToken", "TokenRefreshRequired", "InvalidToken": return S3Failure(.expired, .renewCredentials)
        case "BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch":
            return S3Failure(.damagedInTransit(key), .retry(.transient))
        case "EntityTooSmall", "InvalidPart", "InvalidPartOrder", "InvalidPartNumber":
            return S3Failure(.invalidPart(reason: refusal.detail), .none)
        case "InvalidRange": return S3Failure(.invalidRange(key), .none)
        case "KeyTooLongError": return S3Failure(.invalidKey(key.text, reason: refusal.detail), .none)
        case "ExistingObjectIsDirectory", "ExistingObjectIsFile": return S3Failure(.keyConflict(key), .none)
        case "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull": return S3Failure(.diskFull, .none)
        case "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "RequestLimitExceeded",
            "RequestThrottled", "TooManyRequests", "BandwidthLimitExceeded":
            return S3Failure(.slowDown, .retry(.throttled))
        case "RequestTimeout", "InternalError", "ServiceUnavailable", "ServerBusy":
            return S3Failure(.unavailable(reason: refusal.detail), .retry(.transient))
        case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
            return refusal.region.map { S3Failure(.wrongRegion(expected: $0), .none) }
        default: return nil
        }
    }

    private static func judgeStatus(_ refusal: Refusal) -> S3Failure {
        switch refusal.status {
        case 301, 307, 308:
            guard let region = refusal.region else { break }
            return S3Failure(.wrongRegion(expected: region), .none)
        case 401 where refusal.isS3, 403 where refusal.isS3:
            return S3Failure(.accessDenied(reason: refusal.detail), .none)
        case 404 where refusal.isS3:
            let isObject = refusal.request.key != nil && ["GET", "HEAD"].contains(refusal.request.method)
            return S3Failure(isObject ? .notFound(refusal.key) : .bucketMissing(refusal.bucket), .none)
        case 409 where refusal.isS3: return S3Failure(.conflict(refusal.key), .none)
        case 412: return S3Failure(.alreadyExists(refusal.key), .none)
        case 416: return S3Failure(.invalidRange(refusal.key), .none)
        case 429, 503: return S3Failure(.slowDown, .retry(.throttled))
        case 507: return S3Failure(.diskFull, .none)
        case 501: return S3Failure(.unsupported(reason: refusal.detail), .none)
        case 408, 499, 500, 502, 504, 520...527:
            return S3Failure(.unavailable(reason: refusal.detail), .retry(.transient))
        default: break
        }
        guard refusal.isS3 else {
            return S3Failure(.notS3(reason: "it answered with status \(refusal.status) and no S3 error"), .none)
        }
        if refusal.code == "InvalidArgument", refusal.request.query.contains(where: { $0.name == "partNumber" }) {
            return S3Failure(.invalidPart(reason: refusal.detail), .none)
        }
        return S3Failure(.rejected(status: refusal.status, reason: refusal.detail), .none)
    }

    /// `Retry-After` in seconds, or `x-amz-retry-after` in milliseconds.
    private static func retryAfter(_ head: S3Head) -> Duration? {
        if let text = head["x-amz-retry-after"], let milliseconds = Int64(text), milliseconds >= 0 {
            return .milliseconds(min(milliseconds, 3_600_000))
        }
        if let text = head["retry-after"], let seconds = Int64(text), seconds >= 0 {
            return .seconds(min(seconds, 3600))
        }
        return nil
    }
}
