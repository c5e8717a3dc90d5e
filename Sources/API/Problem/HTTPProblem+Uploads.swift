import BuildStore
import Content
import HTTPTypes
import Storefront
import Uploads

extension HTTPProblem {
    /// The one place where a refused upload becomes a status.
    init(_ error: UploadError) {
        switch error {
        case .notFound:
            self = .notFound
            return
        case .versionExists(let version, let status):
            self.init(
                status: .conflict, code: error.code, detail: "Version \(version) exists and is \(status.rawValue).",
                members: JSONObject([("current", .string(status.rawValue))]))
        case .versionClosed(let status):
            let allowed = status.rules.allowed.filter(\.isClients).map(\.rawValue)
            self.init(
                status: .conflict, code: error.code, detail: "The version is \(status.rawValue) and takes no bytes.",
                members: JSONObject([
                    ("current", .string(status.rawValue)), ("allowed", .array(allowed.map { .string($0) })),
                ]))
        case .versionStringInvalid(let limit):
            self = .invalid(
                "/version_string", "length", "must have 1 to \(limit) characters, none of them a control character")
        case .sizeInvalid(let limit):
            self = .invalid("/file_size", "range", "must be 1 to \(limit.bytes)")
        case .partOutOfRange(let number, let count):
            self.init(
                status: .unprocessableContent, code: error.code,
                detail: "There is no part \(number); parts run from 1 to \(count).",
                members: JSONObject([("part_count", .integer(count))]))
        case .partSizeMismatch(let expected, let got):
            self = .sizeMismatch(expected: expected.bytes, got: got.bytes)
        case .digestMismatch(let declared, let computed):
            self = .digestMismatch(declared: declared.description, computed: computed.description)
        case .incomplete(let missing):
            self.init(
                status: .unprocessableContent, code: error.code, detail: "\(missing.count) parts are missing.",
                members: JSONObject([
                    ("missing_parts", .array(missing.prefix(1000).map { .integer($0) })),
                    ("missing_count", .integer(missing.count)),
                ]))
        case .expired:
            self.init(status: .conflict, code: error.code, detail: "The time of the upload is over.")
        case .hashChanged(let declared, let now):
            self.init(
                status: .unprocessableContent, code: error.code,
                detail: "The upload began with another hash.",
                members: JSONObject([("expected", .string(declared)), ("actual", .string(now))]))
        }
        if self.members["hint"] == nil { self.members["hint"] = .string(error.hint) }
    }
}
