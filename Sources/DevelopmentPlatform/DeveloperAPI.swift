import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Storefront

/// The Developer Service, as the services of the platform call it back.
struct DeveloperAPI: Sendable {
    let client: HTTPClient
    let url: String
    /// A service's token, good for now.
    let token: @Sendable () throws -> String

    /// What it said.
    struct Answer: Sendable {
        let status: Int
        let body: ByteBuffer

        var isSuccess: Bool { (200..<300).contains(self.status) }

        /// The same, to whoever asked.
        var response: Response {
            Response(
                status: .init(code: self.status), headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: self.body))
        }
    }

    func post(_ path: String, _ body: JSONValue) async throws -> Answer {
        var request = HTTPClientRequest(url: self.url + path)
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(try self.token())")
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        let response = try await self.client.execute(request, timeout: .seconds(15))
        return Answer(status: Int(response.status.code), body: try await response.body.collect(upTo: 4 << 20))
    }
}
