import BuildStore
import Content
import FoundationEssentials
import Multipart
import Storefront
import Uploads

/// Upload plans as JSON.
struct UploadJSON: Sendable {
    /// Where clients reach us.
    let publicURL: String

    /// Parts signed along with a plan, at most.
    static let firstBatch = 16

    func plan(_ plan: UploadPlan, parts: [PresignedPart]) -> JSONValue {
        let base =
            "\(self.publicURL)\(RouteTable.prefix)/games/\(plan.version.game)/versions/\(plan.version.id)/upload"
        return [
            "upload_id": .string(plan.upload.uuidString.lowercased()), "state": .string(plan.state),
            "method": "multipart", "part_size": .integer(plan.parts.partSize), "part_count": .integer(plan.parts.count),
            "file_size": .integer(plan.parts.size), "received": .array(plan.received.map(Self.received)),
            "parts": .array(parts.map(Self.presigned)),
            "url": plan.parts.count == 1 ? .text(parts.first?.url) : .null, "sign_url": .string("\(base)/parts"),
            "complete_url": .string("\(base)/complete"),
            "stream_url_template": .string("\(base)/parts/{part_number}"), "expires_at": .time(plan.expiresAt),
        ]
    }

    static func received(_ part: PartInfo) -> JSONValue {
        [
            "part_number": .integer(part.number), "size": .integer(part.size), "etag": .string(part.etag),
            "digest": .text(part.digest?.description),
        ]
    }

    static func presigned(_ part: PresignedPart) -> JSONValue {
        let headers = part.headers.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        return [
            "part_number": .integer(part.number), "method": .string(part.method), "url": .string(part.url),
            "headers": .object(JSONObject(headers)), "expires_at": .time(part.expiresAt),
        ]
    }
}
