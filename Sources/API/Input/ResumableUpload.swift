import Content
import HTTPTypes
import Hummingbird
import Multipart
import Storefront

/// The words of `draft-ietf-httpbis-resumable-upload-12` (July 2026), whose interop version is 8.
///
/// Pinned: a request of another version is refused, so that nobody counts on what a later draft changes.
///
/// No interim answers (104): they tell where an upload lies that a request with content is about to create, and how much of a
/// long append is safe. Here an upload is reserved before its first byte is sent, so its place is known, and an append is one
/// part that the store takes whole or not at all: no offset in its middle would be true.
enum ResumableUpload {
    static let interopVersion = 8

    static let draftVersion = HTTPField.Name("Upload-Draft-Interop-Version") ?? .contentType
    static let offset = HTTPField.Name("Upload-Offset") ?? .contentType
    static let complete = HTTPField.Name("Upload-Complete") ?? .contentType
    static let length = HTTPField.Name("Upload-Length") ?? .contentType
    static let limit = HTTPField.Name("Upload-Limit") ?? .contentType
    static let mediaType = "application/partial-upload"

    private static let types = "https://iana.org/assignments/http-problem-types"

    /// What every answer says of an upload that is open.
    ///
    /// An append is one part of the plan, no more and no less; only the last may be shorter.
    static func headers(offset: Int64, of parts: PartPlan, isComplete: Bool) -> HTTPFields {
        [
            self.offset: String(offset), self.complete: isComplete ? "?1" : "?0", self.length: String(parts.size),
            self.limit: "min-append-size=\(parts.partSize), max-append-size=\(parts.partSize), max-size=\(parts.size)",
            .cacheControl: "no-store",
        ]
    }

    /// - Throws: `HTTPProblem` 400 for another version of the draft, or none.
    static func checkVersion(_ request: Request) throws(HTTPProblem) {
        guard request.headers[self.draftVersion] == String(self.interopVersion) else {
            throw HTTPProblem(
                status: .badRequest, code: "draft-version-unknown",
                detail: "This server speaks interop version \(self.interopVersion) of resumable uploads.",
                members: JSONObject([("hint", .string("Send Upload-Draft-Interop-Version: \(self.interopVersion)."))]))
        }
    }

    static func mismatchingOffset(expected: Int64, provided: Int64) -> HTTPProblem {
        var problem = HTTPProblem(
            status: .conflict, code: "mismatching-upload-offset", detail: "The upload goes on at byte \(expected).",
            members: JSONObject([
                ("expected-offset", .integer(expected)), ("provided-offset", .integer(provided)),
            ]))
        problem.type = "\(self.types)#mismatching-upload-offset"
        problem.headers[self.offset] = String(expected)
        return problem
    }

    static func completed() -> HTTPProblem {
        var problem = HTTPProblem(
            status: .badRequest, code: "completed-upload", detail: "The upload is complete and takes no more bytes.")
        problem.type = "\(self.types)#completed-upload"
        problem.headers[self.complete] = "?1"
        return problem
    }

    static func inconsistentLength(_ size: Int64) -> HTTPProblem {
        var problem = HTTPProblem(
            status: .badRequest, code: "inconsistent-upload-length",
            detail: "The upload has \(size) bytes in all; these would make it another number.")
        problem.type = "\(self.types)#inconsistent-upload-length"
        return problem
    }
}

extension Request {
    /// A non-negative whole number (RFC 9651 §3.3.1), or nil when it is absent or anything else.
    func wholeNumber(_ name: HTTPField.Name) -> Int64? {
        self.headers[name].flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// A Boolean (RFC 9651 §3.3.6), or nil when it is absent or anything else.
    func boolean(_ name: HTTPField.Name) -> Bool? {
        switch self.headers[name] {
        case "?1": true
        case "?0": false
        default: nil
        }
    }
}
