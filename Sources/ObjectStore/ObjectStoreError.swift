public import Content

/// Why a store did not do what it was asked.
///
/// Whether to try again is ``isRetryable``; what a person should do is ``hint``.
public enum ObjectStoreError: Error, Equatable, Sendable {
    /// No object has this key. The caller decides what that means.
    case notFound(ObjectKey)
    /// The object was there already and stayed as it was. For content-addressed keys that is success.
    case alreadyExists(ObjectKey)
    /// The text cannot be a key. The caller must choose another.
    case invalidKey(String, reason: String)
    /// The key is the directory of another object, or lies below one. The caller must choose another.
    case keyConflict(ObjectKey)
    /// The bytes are not those that were declared; nothing was stored. The sender must send again.
    case digestMismatch(declared: Digest, computed: Digest)
    /// The store found the bytes changed on the way, and did not say into what. Nothing was stored.
    case damagedInTransit(ObjectKey)
    /// Fewer or more bytes came than were declared.
    case sizeMismatch(expected: ByteCount, got: ByteCount)
    /// The range starts behind the end of the object.
    case invalidRange(ObjectKey)
    /// The object is longer than the caller is ready to hold.
    case tooLarge(limit: ByteCount)
    /// The upload was completed, aborted or never begun.
    case noSuchUpload(ObjectKey, MultipartUploadID)
    /// The part list names a part that the store does not have, or has otherwise; or a part is too small or out of order.
    case invalidPart(reason: String)
    /// The credentials are wrong or may not do this. The operator must repair it.
    case accessDenied(reason: String)
    /// There are no credentials. The operator must give some.
    case noCredentials(reason: String)
    /// The temporary credentials or the presigned URL ran out.
    case expired
    /// The bucket lives in another region. The operator must correct the configuration.
    case wrongRegion(expected: String)
    /// There is no such bucket. The operator must create it or correct its name.
    case bucketMissing(String)
    /// The clocks differ too much, even after one correction.
    case clockSkew(reason: String)
    /// The store asks for less.
    case slowDown
    /// Another writer is at the same key at this moment; nothing was stored.
    case conflict(ObjectKey)
    /// The store is not reachable, or failed inside.
    case unavailable(reason: String)
    /// Nothing moved, or the request took longer than it may.
    case timedOut(after: Duration)
    /// The disk below the store has no room left. The operator must make some.
    case diskFull
    /// The disk below the store takes nothing. The operator must mount it for writing.
    case readOnly(path: String)
    /// The disk below the store failed; `code` is errno. The operator must look.
    case inputOutput(operation: String, path: String, code: Int32)
    /// The file to send is missing, or shorter than the range asked for.
    case sourceUnreadable(path: String, reason: String)
    /// A stream that cannot be read twice broke off; the caller must begin again.
    case sourceFailed(reason: String)
    /// The store refused for a reason that is not known here. The operator must look.
    case rejected(status: Int, reason: String)
    /// What answered does not speak S3. The operator must correct the endpoint.
    case notS3(reason: String)
    /// The request is one that this store does not support.
    case unsupported(reason: String)
    /// The task was cancelled.
    case cancelled
}

extension ObjectStoreError {
    /// Whether the same call may succeed later without anybody repairing anything.
    public var isRetryable: Bool {
        switch self {
        case .slowDown, .conflict, .unavailable, .timedOut, .damagedInTransit: true
        case .notFound, .alreadyExists, .invalidKey, .keyConflict, .digestMismatch, .sizeMismatch, .invalidRange,
            .tooLarge,
            .noSuchUpload, .invalidPart, .accessDenied, .noCredentials, .expired, .wrongRegion, .bucketMissing,
            .clockSkew,
            .diskFull, .readOnly, .inputOutput, .sourceUnreadable, .sourceFailed, .rejected, .notS3, .unsupported,
            .cancelled:
            false
        }
    }

    /// What to do about it, in one sentence for a person.
    public var hint: String {
        switch self {
        case .notFound(let key): "check that \(key) was uploaded and not deleted"
        case .alreadyExists(let key): "use the object at \(key) or choose another key"
        case .invalidKey(_, let reason): "choose another key: \(reason)"
        case .keyConflict(let key): "choose another key: \(key) is the directory of another object or lies below one"
        case .digestMismatch: "send the bytes again, or correct the declared digest"
        case .damagedInTransit: "send again; when it repeats, look for a proxy that alters bodies"
        case .sizeMismatch(let expected, let got): "send exactly \(expected.bytes) bytes, not \(got.bytes)"
        case .invalidRange: "ask for a range inside the object"
        case .tooLarge(let limit): "read it as a stream; it is longer than \(limit)"
        case .noSuchUpload: "begin the upload again"
        case .invalidPart(let reason): "list the parts and send those that are missing or differ: \(reason)"
        case .accessDenied(let reason): "check the access key, the secret key and the bucket's policy: \(reason)"
        case .noCredentials(let reason): "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: \(reason)"
        case .expired: "ask for a new URL or renew the temporary credentials"
        case .wrongRegion(let expected): "set the region to \(expected)"
        case .bucketMissing(let bucket): "create the bucket \(bucket) or correct its name"
        case .clockSkew: "set this machine's clock (NTP)"
        case .slowDown: "try later; the store limits the rate of requests"
        case .conflict: "try again; another writer was at the same key"
        case .unavailable: "check that the store is up and reachable from here"
        case .timedOut: "check the network between here and the store"
        case .diskFull: "free space on the store's disk, or extend it"
        case .readOnly(let path): "mount the filesystem of \(path) for writing, or put the store elsewhere"
        case .inputOutput(_, let path, _): "check the disk and the permissions at \(path)"
        case .sourceUnreadable(let path, _): "check that \(path) exists and did not change while it was sent"
        case .sourceFailed: "send again from the start"
        case .rejected(_, let reason): "look at what the store says: \(reason)"
        case .notS3: "check the endpoint: it must be the root of an S3-compatible API"
        case .unsupported(let reason): "configure another store: \(reason)"
        case .cancelled: "nothing; the caller gave up"
        }
    }
}
