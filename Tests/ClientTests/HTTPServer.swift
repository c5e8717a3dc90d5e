import NIOCore
import NIOHTTP1
import NIOPosix

/// What a client asked.
struct ServerRequest: Sendable {
    let method: String
    /// Path and query.
    let target: String
    let headers: [String: String]
    let body: [UInt8]

    var path: String { String(self.target.prefix { $0 != "?" }) }
}

/// What to answer.
enum ServerResponse: Sendable {
    case answer(Int, headers: [String: String], body: [UInt8])
    /// Closes the connection without a word.
    case drop

    static func json(_ status: Int, _ text: String, headers: [String: String] = [:]) -> ServerResponse {
        .answer(
            status,
            headers: headers.merging(["Content-Type": status < 400 ? "application/json" : "application/problem+json"]) {
                $1
            },
            body: Array(text.utf8))
    }
}

/// A small HTTP/1.1 server on a port of the loopback.
final class HTTPServer: Sendable {
    let port: Int
    private let channel: any Channel

    var url: String { "http://127.0.0.1:\(self.port)" }

    init(_ answer: @escaping @Sendable (ServerRequest) -> ServerResponse) async throws {
        self.channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = self.channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await self.channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: @Sendable (ServerRequest) -> ServerResponse
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ answer: @escaping @Sendable (ServerRequest) -> ServerResponse) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch self.unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                self.body = []
            case .body(let buffer):
                self.body += buffer.readableBytesView
            case .end:
                guard let head = self.head else { return }
                let request = ServerRequest(
                    method: head.method.rawValue, target: head.uri,
                    headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }, body: self.body)
                Self.write(self.answer(request), to: context.channel)
            }
        }

        private static func write(_ response: ServerResponse, to channel: any Channel) {
            guard case .answer(let status, let headers, let body) = response else {
                channel.close(promise: nil)
                return
            }
            var fields = HTTPHeaders(headers.map { ($0, $1) })
            fields.add(name: "Content-Length", value: "\(body.count)")
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
            channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        }
    }
}
