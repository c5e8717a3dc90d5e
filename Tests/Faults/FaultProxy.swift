import NIOCore
import NIOPosix
import Synchronization

/// A port on loopback through which every connection to a server passes, and on which it meets the fate of a
/// ``FaultPlan``.
///
/// Knows nothing of what passes but where an HTTP request begins. The server behind it may be changed at any time.
public final class FaultProxy: Sendable {
    public let port: Int
    private let channel: any Channel
    private let state: Shared

    /// What the proxy has done so far.
    public struct Counts: Equatable, Sendable {
        public var connections = 0
        /// Connections that met a fault.
        public var faulted = 0
        /// Bytes that clients sent and the proxy passed on.
        public var sent = 0
        /// Requests that ``FaultPlan/Fault/busyAbove(perSecond:)`` passed on, and those that it refused.
        public var admitted = 0
        public var refused = 0
    }

    final class Shared: Sendable {
        let plan: FaultPlan
        let target: Mutex<Int>
        let counts = Mutex(Counts())
        let isWell = Mutex(false)
        private let tokens = Mutex<(count: Double, at: NIODeadline)?>(nil)

        init(_ plan: FaultPlan, target: Int) {
            self.plan = plan
            self.target = Mutex(target)
        }

        /// A token bucket that holds what a second brings, as stores have it.
        func admit(perSecond rate: Int) -> Bool {
            let now = NIODeadline.now()
            let isAdmitted = self.tokens.withLock { tokens in
                let (count, at) = tokens ?? (Double(rate), now)
                let filled = min(Double(rate), count + Double((now - at).nanoseconds) / 1e9 * Double(rate))
                tokens = (filled >= 1 ? filled - 1 : filled, now)
                return filled >= 1
            }
            self.counts.withLock { if isAdmitted { $0.admitted += 1 } else { $0.refused += 1 } }
            return isAdmitted
        }

        func nextFault() -> FaultPlan.Fault {
            let number = self.counts.withLock { counts in
                defer { counts.connections += 1 }
                return counts.connections
            }
            guard !self.isWell.withLock({ $0 }) else { return .none }
            let fault = self.plan.fault(of: number)
            if fault != .none { self.counts.withLock { $0.faulted += 1 } }
            return fault
        }
    }

    public var url: String { "http://127.0.0.1:\(self.port)" }
    public var counts: Counts { self.state.counts.withLock { $0 } }

    private init(channel: any Channel, state: Shared) {
        self.channel = channel
        self.port = channel.localAddress?.port ?? 0
        self.state = state
    }

    /// Lets connections that come from now on lead to another port.
    public func lead(to port: Int) { self.state.target.withLock { $0 = port } }

    /// Spares connections that come from now on.
    public func recover() { self.state.isWell.withLock { $0 = true } }

    /// Lends a proxy.
    ///
    /// - Parameter port: of the server behind it, on loopback; 0 for none yet.
    public static func run<Value>(
        to port: Int, plan: FaultPlan, _ body: (FaultProxy) async throws -> Value
    ) async throws -> Value {
        let state = Shared(plan, target: port)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { client in
                let fault = state.nextFault()
                // On the client's own loop, so that both ends of a connection are handled by one thread.
                return ClientBootstrap(group: client.eventLoop)
                    .connectTimeout(.seconds(5))
                    .connect(host: "127.0.0.1", port: state.target.withLock { $0 })
                    .flatMap { server in
                        client.eventLoop.makeCompletedFuture {
                            let fate = ProxiedConnection(fault, client: client, server: server, counts: state)
                            try client.pipeline.syncOperations.addHandler(ProxyRelay(fate, isFromClient: true))
                            try server.pipeline.syncOperations.addHandler(ProxyRelay(fate, isFromClient: false))
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = FaultProxy(channel: channel, state: state)
        do {
            let value = try await body(proxy)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }
}
