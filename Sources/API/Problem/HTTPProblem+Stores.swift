import Content
import Games
import HTTPTypes
import ObjectStore
import Postgres
import Storefront

extension HTTPProblem {
    /// The one place where a refused change to a game becomes a status.
    init(_ error: GamesError) {
        switch error {
        case .stale(let current): self = .stale(current: EntityTag(revision: current))
        case .notDeletable(let status):
            self.init(
                status: .conflict, code: "invalid-transition",
                detail: "A game that is \(status.rawValue) cannot be deleted.",
                members: JSONObject([
                    ("current", .string(status.rawValue)), ("requested", "delete"),
                    ("allowed", .array(status.allowed.map { .string($0.rawValue) })),
                ]))
        case .buildsInProgress(let versions):
            self.init(
                status: .conflict, code: "builds-in-progress", detail: "Versions of the game are being processed.",
                members: JSONObject([
                    ("versions", .array(versions.map { .string($0) })),
                    ("hint", "Wait for them, or cancel their jobs, then delete the game."),
                ]))
        case .inUse:
            self.init(status: .conflict, code: "in-use", detail: "Something else still needs the game.")
        case .tooManyMedia(let limit):
            self.init(
                status: .conflict, code: "too-many-media", detail: "A game has at most \(limit) media files.",
                members: JSONObject([("limit", .integer(limit)), ("hint", "Delete some first.")]))
        }
    }

    /// The one place where the database's trouble becomes a status.
    init(_ error: PostgresError) {
        switch error {
        case .connectFailed, .connectionLost, .timedOut, .cancelled, .poolClosed: self = .unavailable(retryAfter: 2)
        case .server(let fault):
            if error.isTransient || fault.sqlState.rawValue.hasPrefix("53") || fault.sqlState.rawValue.hasPrefix("57") {
                self = .unavailable(retryAfter: 2)
            } else if fault.sqlState.rawValue.hasPrefix("22") {
                // Validation should have caught it; still the sender's value, not our fault.
                self.init(
                    status: .unprocessableContent, code: "validation-failed", detail: "A value cannot be stored.")
            } else if fault.sqlState.rawValue.hasPrefix("23") {
                self.init(status: .conflict, code: "conflict", detail: "It contradicts what is there.")
            } else {
                self = .unexpected
            }
        case .decoding, .unexpected: self = .unexpected
        }
    }

    /// The one place where the object store's trouble becomes a status.
    init(_ error: ObjectStoreError) {
        switch error {
        case .notFound, .noSuchUpload: self = .notFound
        case .alreadyExists, .conflict, .keyConflict:
            self.init(status: .conflict, code: "conflict", detail: "Somebody else wrote there.")
        case .invalidKey: self = .notFound
        case .digestMismatch(let declared, let computed):
            self = .digestMismatch(declared: declared.description, computed: computed.description)
        case .damagedInTransit:
            self.init(
                status: .unprocessableContent, code: "digest-mismatch", detail: "The bytes changed on the way.",
                members: JSONObject([("hint", "Send them again.")]))
        case .sizeMismatch(let expected, let got):
            self = .sizeMismatch(expected: expected.bytes, got: got.bytes)
        case .invalidRange:
            self.init(
                status: .rangeNotSatisfiable, code: "range-not-satisfiable", detail: "The range is behind the end.")
        case .tooLarge(let limit):
            self.init(status: .contentTooLarge, code: "too-large", detail: "The limit is \(limit).")
        case .invalidPart(let reason):
            self.init(status: .unprocessableContent, code: "part-invalid", detail: reason)
        case .sourceFailed:
            self.init(status: .badRequest, code: "body-incomplete", detail: "The body ended early. Send it again.")
        case .slowDown, .unavailable, .timedOut, .cancelled: self = .unavailable(retryAfter: 2)
        case .diskFull:
            self.init(
                status: .insufficientStorage, code: "storage-full", detail: "There is no room left for the bytes.",
                members: JSONObject([("hint", "An operator must make room; then send them again.")]))
        case .accessDenied, .noCredentials, .expired, .wrongRegion, .bucketMissing, .clockSkew, .inputOutput,
            .readOnly, .sourceUnreadable, .rejected, .notS3, .unsupported:
            // For the operator; the log has the details.
            self = .unavailable(retryAfter: 30)
        }
    }

    /// The one place where a refused presigned request becomes a status.
    init(_ error: URLSignatureError) {
        switch error {
        case .malformed, .tampered, .wrongMethod:
            self.init(
                status: .forbidden, code: "signature-invalid", detail: "The URL is not one of ours, or was changed.",
                members: JSONObject([("hint", "Ask for a new URL and use it as it is.")]))
        case .expired:
            self.init(
                status: .forbidden, code: "upload-url-expired", detail: "The URL's time is over.",
                members: JSONObject([("hint", "Ask for a new one with POST …/upload/parts.")]))
        }
    }

    static func digestMismatch(declared: String, computed: String) -> HTTPProblem {
        HTTPProblem(
            status: .unprocessableContent, code: "digest-mismatch",
            detail: "The bytes are not those that were declared. Nothing was stored.",
            members: JSONObject([
                ("expected", .string(declared)), ("actual", .string(computed)), ("hint", "Send the bytes again."),
            ]))
    }

    static func sizeMismatch(expected: Int64, got: Int64) -> HTTPProblem {
        HTTPProblem(
            status: .unprocessableContent, code: "size-mismatch",
            detail: "There must be \(expected) bytes, not \(got). Nothing was stored.",
            members: JSONObject([("expected", .integer(expected)), ("actual", .integer(got))]))
    }
}
