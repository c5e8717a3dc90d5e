import HTTPTypes
import Hummingbird
import NIOCore
import Storefront

extension Response {
    static func json(_ value: JSONValue, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.encoded())))
    }

    static func refusal(_ status: HTTPResponse.Status, _ code: String) -> Response {
        .json(["code": .string(code)], status)
    }
}

extension Request {
    /// The body as a JSON object; empty when it is none.
    func object() async throws -> JSONObject {
        let buffer = try await self.body.collect(upTo: 4 << 20)
        guard case .object(let object)? = try? JSONParser.parse(Array(buffer.readableBytesView)) else {
            return JSONObject()
        }
        return object
    }
}

extension JSONObject {
    func text(_ name: String) -> String? { if case .string(let text)? = self[name] { text } else { nil } }

    func integer(_ name: String) -> Int64? { if case .number(let number)? = self[name] { number.int64 } else { nil } }
}
