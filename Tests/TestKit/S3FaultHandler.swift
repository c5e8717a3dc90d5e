import NIOCore
import NIOHTTP1
import Synchronization

/// One connection to an ``S3FaultServer``.
final class S3FaultHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: S3FaultServer.Shared
    private var current: (request: S3FaultServer.Request, fault: S3FaultServer.Fault)?
    private var body: [UInt8] = []

    init(_ server: S3FaultServer.Shared) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.current = self.server.admit(head)
            self.body = []
            if self.current?.fault == .resetEarly { context.close(promise: nil) }
        case .body(let buffer):
            self.body += buffer.getBytes(at: buffer.readerIndex, length: buffer.readableBytes) ?? []
        case .end:
            if let current { self.answer(current.request, current.fault, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(
        _ request: S3FaultServer.Request, _ fault: S3FaultServer.Fault, _ context: ChannelHandlerContext
    ) {
        switch fault {
        case .none: self.send(self.serve(request), context)
        case .refuse(let status, let code, let headers):
            let text = "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>injected</Message></Error>"
            self.send(S3Memory.Answer(status: status, headers: headers, body: Array(text.utf8)), context)
        case .answer(let status, let body, let headers):
            self.send(S3Memory.Answer(status: status, headers: headers, body: Array(body.utf8)), context)
        case .errorIn200(let code):
            let text = "   \n<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message>injected</Message></Error>"
            self.send(S3Memory.Answer(status: 200, headers: [:], body: Array(text.utf8)), context)
        case .resetEarly: break
        case .loseAnswer:
            _ = self.serve(request)
            context.close(promise: nil)
        case .truncate(let count): self.send(self.serve(request), context, stoppingAfter: count, thenClosing: true)
        case .stall: break
        case .stallAfter(let count): self.send(self.serve(request), context, stoppingAfter: count, thenClosing: false)
        }
    }

    private func serve(_ request: S3FaultServer.Request) -> S3Memory.Answer {
        self.server.memory.withLock { $0.serve(request, self.body) }
    }

    private func send(
        _ answer: S3Memory.Answer, _ context: ChannelHandlerContext, stoppingAfter count: Int? = nil,
        thenClosing: Bool = false
    ) {
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status))
        for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
        if !head.headers.contains(name: "content-length") {
            head.headers.add(name: "content-length", value: String(answer.body.count))
        }
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        let body = answer.isHead ? [] : answer.body
        let part = self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body.prefix(count ?? body.count)))))
        guard count == nil else {
            let (channel, written) = (context.channel, context.eventLoop.makePromise(of: Void.self))
            // Closed when all of it is out, not before: the client shall see just so many bytes.
            if thenClosing { written.futureResult.whenComplete { _ in channel.close(promise: nil) } }
            context.writeAndFlush(part, promise: written)
            return
        }
        context.write(part, promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}
