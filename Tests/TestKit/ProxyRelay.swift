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
        if isFromClient { self.counts.counts.withLock { $0.sent += count } } else { self.answered += count }
        switch self.fault {
        case .none: target.writeAndFlush(bytes, promise: nil)
        case .delay(let milliseconds):
            self.client.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                target.writeAndFlush(bytes, promise: nil)
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
        case .busy:
            guard isFromClient else { return }
            let answer =
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            self.client.writeAndFlush(ByteBuffer(string: answer), promise: nil)
            self.close()
        }
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
