public import NIOCore
import NIOPosix

/// A connection that sends whatever bytes a test wants, well formed or not.
public enum RawConnection {
    /// Sends bytes as they are, and reads until the server closes, or for a while.
    ///
    /// - Parameters:
    ///   - port: of 127.0.0.1.
    ///   - patience: how long to wait for a server that neither says more nor closes.
    /// - Returns: everything that came back, as text; empty when the server only closed.
    public static func exchange(_ bytes: ByteBuffer, port: Int, patience: TimeAmount = .seconds(2)) async throws
        -> String
    {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        // Ends the connection of a server that neither says more nor closes.
        let socket = channel.channel
        let timer = socket.eventLoop.scheduleTask(in: patience) { socket.close(promise: nil) }
        defer { timer.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            try? await outbound.write(bytes)
            var text = ""
            do {
                for try await buffer in inbound { text += String(buffer: buffer) }
            } catch {
                // A server that resets the connection has answered, too.
            }
            return text
        }
    }
}
