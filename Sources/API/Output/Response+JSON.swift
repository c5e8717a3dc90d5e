import HTTPTypes
import Hummingbird
import NIOCore
import Storefront

extension Response {
    /// A JSON answer.
    ///
    /// - Parameter tag: the state it shows; clients may keep it, but must ask before they use it.
    static func json(
        _ value: JSONValue, status: HTTPResponse.Status = .ok, tag: EntityTag? = nil, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        headers[.cacheControl] = tag == nil ? "no-store" : "private, no-cache"
        if let tag { headers[.eTag] = tag.text }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.encoded())))
    }

    /// 304: the client has it.
    static func notModified(_ tag: EntityTag) -> Response {
        Response(status: .notModified, headers: [.eTag: tag.text, .cacheControl: "private, no-cache"])
    }

    static let noContent = Response(status: .noContent)
}
