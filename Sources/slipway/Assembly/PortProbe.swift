import NIOCore
import NIOPosix

/// Whether something listens on a port of 127.0.0.1.
enum PortProbe {
    static func isFree(_ port: Int) -> Bool {
        let group = MultiThreadedEventLoopGroup.singleton
        do {
            let channel = try ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: port).wait()
            try channel.close().wait()
            return true
        } catch {
            return false
        }
    }
}
