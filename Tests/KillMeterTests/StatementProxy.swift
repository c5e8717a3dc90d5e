import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Stands between clients and a server's socket, and changes the text of statements that are prepared: so that the engine
/// itself can be broken on purpose, without a line in it that could break by accident.
final class StatementProxy: Sendable {
    /// - Returns: nil to leave a statement as it is.
    typealias Change = @Sendable (String) -> String?

    private let change: Change
    private let counted = Mutex(0)

    private init(_ change: @escaping Change) { self.change = change }

    /// Statements that were changed; 0, and what was measured says nothing.
    var changes: Int { self.counted.withLock { $0 } }

    /// Lends a proxy.
    ///
    /// - Parameters:
    ///   - url: of a server that listens on a Unix socket, as TestKit gives it.
    ///   - body: gets the address of the same database by way of the proxy.
    static func run<Value: Sendable>(
        before url: String, changing change: @escaping Change,
        _ body: (_ url: String, StatementProxy) async throws -> Value
    ) async throws -> Value {
        let proxy = StatementProxy(change)
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "slipway-wire-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let host = url.split(separator: "@").last?.split(separator: "/").first.map(String.init) ?? ""
        let target = "\(host.replacing("%2F", with: "/"))/.s.PGSQL.5432"
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { client in
                // On the client's own loop, so that both ends of a connection are handled by one thread.
                ClientBootstrap(group: client.eventLoop).connect(unixDomainSocketPath: target).flatMap { server in
                    client.eventLoop.makeCompletedFuture {
                        try client.pipeline.syncOperations.addHandler(StatementRelay(to: server, changing: proxy))
                        try server.pipeline.syncOperations.addHandler(StatementRelay(to: client, changing: nil))
                    }
                }
            }
            .bind(unixDomainSocketPath: "\(directory.path)/.s.PGSQL.5432").get()
        do {
            let mine = directory.path.replacing("/", with: "%2F")
            let value = try await body(url.replacing(host, with: mine), proxy)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    fileprivate func changed(_ statement: String) -> String? {
        guard let changed = self.change(statement) else { return nil }
        self.counted.withLock { $0 += 1 }
        return changed
    }
}

/// One direction of one connection. What the client says is read message by message (PostgreSQL manual, 55.7).
private final class StatementRelay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let target: any Channel
    private let proxy: StatementProxy?
    private var pending = ByteBuffer()
    private var hasStarted = false

    /// - Parameter proxy: nil for the direction in which nothing is changed.
    init(to target: any Channel, changing proxy: StatementProxy?) {
        self.target = target
        self.proxy = proxy
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        guard self.proxy != nil else { return self.target.writeAndFlush(bytes, promise: nil) }
        self.pending.writeBuffer(&bytes)
        while let message = self.nextMessage() { self.target.write(message, promise: nil) }
        self.pending.discardReadBytes()
        self.target.flush()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.target.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.target.close(promise: nil)
        context.close(promise: nil)
    }

    private func nextMessage() -> ByteBuffer? {
        // The first has no type before its length.
        let head = self.hasStarted ? 1 : 0
        guard let length: Int32 = self.pending.getInteger(at: self.pending.readerIndex + head),
            let message = self.pending.readSlice(length: head + Int(length))
        else { return nil }
        defer { self.hasStarted = true }
        guard self.hasStarted, message.getInteger(at: message.readerIndex) == UInt8(ascii: "P") else { return message }
        return self.changed(message) ?? message
    }

    private func changed(_ message: ByteBuffer) -> ByteBuffer? {
        var rest = message
        rest.moveReaderIndex(forwardBy: 5)
        guard let name = rest.readNullTerminatedString(), let text = rest.readNullTerminatedString(),
            let statement = self.proxy?.changed(text)
        else { return nil }
        var changed = ByteBuffer()
        changed.writeInteger(UInt8(ascii: "P"))
        changed.writeInteger(Int32(4 + name.utf8.count + 1 + statement.utf8.count + 1 + rest.readableBytes))
        changed.writeNullTerminatedString(name)
        changed.writeNullTerminatedString(statement)
        changed.writeBuffer(&rest)
        return changed
    }
}
