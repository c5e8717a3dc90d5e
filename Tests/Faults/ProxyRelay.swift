import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// One connection through the proxy; used on the event loop of its client alone.
final class ProxiedConnection {
    private let fault: FaultPlan.Fault
    private let client: any Channel
    private let server: any Channel
    private let counts: FaultProxy.Shared
    private var passed = 0
    private var answered = 0
    private var sent = 0
    private var isDamaged = false
    private var freeAt = NIODeadline.uptimeNanoseconds(0)
    private var isStalled = false

    init(_ fault: FaultPlan.Fault, client: any Channel, server: any Channel, counts: FaultProxy.Shared) {
        self.fault = fault
        self.client = client
        self.server = server
        self.counts = counts
    }

    func pass(_ bytes: ByteBuffer, isFromClient: Bool) {
        guard !self.isStalled else { return }
        let count = bytes.readableBytes
        self.passed += count
        let target = isFromClient ? self.server : self.client
        if isFromClient {
            self.sent += count
            self.counts.counts.withLock { $0.sent += count }
        } else {
            self.answered += count
        }
        switch self.fault {
        case .none: target.writeAndFlush(bytes, promise: nil)
        case .delay(let milliseconds):
            self.client.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                target.writeAndFlush(bytes, promise: nil)
            }
        case .slow(let rate):
            // Behind what is under way already. Nobody is read until then, so that no memory fills.
            let now = NIODeadline.now()
            let start = max(now, self.freeAt)
            self.freeAt = start + .nanoseconds(Int64(count) * 1_000_000_000 / Int64(rate))
            let source = isFromClient ? self.client : self.server
            source.setOption(.autoRead, value: false).whenFailure { _ in }
            self.client.eventLoop.scheduleTask(deadline: self.freeAt) {
                target.writeAndFlush(bytes, promise: nil)
                source.setOption(.autoRead, value: true).whenFailure { _ in }
            }
        case .reset(let most):
            guard self.passed > most else { return target.writeAndFlush(bytes, promise: nil) }
            self.reset()
        case .stall(let most):
            guard self.passed > most else { return target.writeAndFlush(bytes, promise: nil) }
            self.isStalled = true
        case .truncate(let most):
            guard !isFromClient, self.answered > most else { return target.writeAndFlush(bytes, promise: nil) }
            let rest = bytes.getSlice(at: bytes.readerIndex, length: max(0, count - (self.answered - most)))
            if let rest { self.client.writeAndFlush(rest, promise: nil) }
            self.close()
        case .corrupt(let most):
            target.writeAndFlush(isFromClient ? bytes : self.damaged(bytes, once: self.answered > most), promise: nil)
        case .corruptSent(let most):
            target.writeAndFlush(isFromClient ? self.damaged(bytes, once: self.sent > most) : bytes, promise: nil)
        case .busy:
            guard isFromClient else { return }
            self.answer("503 Service Unavailable", "Retry-After: 0\r\n", "")
        case .busyAbove(let rate):
            guard isFromClient, bytes.beginsRequest, !self.counts.admit(perSecond: rate) else {
                return target.writeAndFlush(bytes, promise: nil)
            }
            self.slowDown()
        case .errorIn200:
            // A read with such an answer would be a document like any other: no store answers so.
            guard isFromClient, bytes.begins(with: "P") else { return target.writeAndFlush(bytes, promise: nil) }
            self.answer("200 OK", "Content-Type: application/xml\r\n", Self.document("InternalError"))
        case .expired:
            guard isFromClient else { return }
            self.answer("403 Forbidden", "Content-Type: application/xml\r\n", Self.document("ExpiredToken"))
        }
    }

    /// A byte of what looks like a body, changed; no head of a request or an answer is so long.
    private func damaged(_ bytes: ByteBuffer, once isTime: Bool) -> ByteBuffer {
        guard isTime, !self.isDamaged, bytes.readableBytes > 2048 else { return bytes }
        self.isDamaged = true
        var bytes = bytes
        let place = bytes.writerIndex - 1
        bytes.setInteger(~(bytes.getInteger(at: place, as: UInt8.self) ?? 0), at: place)
        return bytes
    }

    private static func document(_ code: String) -> String {
        "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>injected</Message></Error>"
    }

    private func answer(_ status: String, _ headers: String, _ body: String) {
        let text =
            "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        self.client.writeAndFlush(ByteBuffer(string: text), promise: nil)
        self.close()
    }

    /// Refuses one request, and takes the rest of it, so that whoever sends it reads why.
    private func slowDown() {
        let body = Self.document("SlowDown")
        let text =
            "HTTP/1.1 503 Slow Down\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        self.isStalled = true
        self.client.writeAndFlush(ByteBuffer(string: text), promise: nil)
        self.server.close(promise: nil)
    }

    /// One end is gone.
    func end(isClient: Bool) {
        // Whoever waits at a stalled connection is told nothing.
        if self.isStalled, !isClient { return }
        if case .delay(let milliseconds) = self.fault {
            let (client, server) = (self.client, self.server)
            client.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                client.close(promise: nil)
                server.close(promise: nil)
            }
        } else {
            self.close()
        }
    }

    private func close() {
        self.isStalled = true
        self.client.close(promise: nil)
        self.server.close(promise: nil)
    }

    private func reset() {
        self.isStalled = true
        // Nothing lingers: the system sends a reset in place of an orderly end.
        (self.client as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        self.client.close(promise: nil)
        self.server.close(promise: nil)
    }
}

extension ByteBuffer {
    fileprivate var beginsRequest: Bool {
        ["GET ", "HEAD ", "PUT ", "POST ", "DELETE "].contains { self.begins(with: $0) }
    }

    fileprivate func begins(with text: String) -> Bool {
        self.getString(at: self.readerIndex, length: text.utf8.count) == text
    }
}

/// Hands what comes from one end to the connection.
final class ProxyRelay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: ProxiedConnection
    private let isFromClient: Bool

    init(_ connection: ProxiedConnection, isFromClient: Bool) {
        self.connection = connection
        self.isFromClient = isFromClient
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.connection.pass(self.unwrapInboundIn(data), isFromClient: self.isFromClient)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.connection.end(isClient: self.isFromClient)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.connection.end(isClient: self.isFromClient)
    }
}
