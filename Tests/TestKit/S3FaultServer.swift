import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that speaks enough S3 for a client to be tested with all that goes wrong on a network.
///
/// It keeps objects in memory and trusts everybody: signatures are the business of tests with a real server. What goes wrong
/// with each request is decided by a function, so that a seed decides it.
public final class S3FaultServer: Sendable {
    /// What happens to one request.
    public enum Fault: Equatable, Sendable {
        /// Nothing: it is served.
        case none
        /// It is answered with an error and not carried out.
        case refuse(status: Int, code: String, headers: [String: String])
        /// It is answered with something that is no S3.
        case answer(status: Int, body: String, headers: [String: String])
        /// It is answered with 200 and an `<Error>`, and not carried out.
        case errorIn200(code: String)
        /// The connection breaks before all of the request was read.
        case resetEarly
        /// It is carried out, and the connection breaks before the answer.
        case loseAnswer
        /// The connection breaks after so many bytes of the answer's body.
        case truncate(Int)
        /// No answer ever comes.
        case stall
        /// So many bytes of the answer's body come, and then nothing ever.
        case stallAfter(Int)
    }

    /// A request as the deciding function sees it.
    public struct Request: Sendable {
        /// 0 for the first of all.
        public let index: Int
        public let method: String
        /// Path and query, encoded.
        public let target: String
        public let headers: [String: String]
    }

    public let endpoint: String
    private let channel: any Channel
    private let state: Shared

    final class Shared: Sendable {
        let decide: @Sendable (Request) -> Fault
        let memory = Mutex(S3Memory())
        private let seen = Mutex<[Request]>([])

        init(_ decide: @escaping @Sendable (Request) -> Fault) { self.decide = decide }

        var requests: [Request] { self.seen.withLock { $0 } }

        func admit(_ head: HTTPRequestHead) -> (Request, Fault) {
            let request = self.seen.withLock { seen in
                let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
                let request = Request(
                    index: seen.count, method: head.method.rawValue, target: head.uri, headers: headers)
                seen.append(request)
                return request
            }
            return (request, self.decide(request))
        }
    }

    /// All requests so far.
    public var requests: [Request] { self.state.requests }

    /// What is stored at `/bucket/key`.
    public func object(_ path: String) -> [UInt8]? { self.state.memory.withLock { $0.objects[path] } }

    /// Uploads that were begun and not ended.
    public var openUploads: Int { self.state.memory.withLock { $0.uploads.count } }

    /// Puts parts of one byte into an upload.
    public func addParts(to upload: String, numbers: ClosedRange<Int>) {
        self.state.memory.withLock { $0.addParts(to: upload, numbers: numbers) }
    }

    private init(channel: any Channel, port: Int, state: Shared) {
        self.channel = channel
        self.endpoint = "http://127.0.0.1:\(port)"
        self.state = state
    }

    /// Lends a server.
    ///
    /// - Parameters:
    ///   - isIgnorant: whether it takes no notice of `If-None-Match`.
    ///   - certificate: nil for plain HTTP.
    public static func run<Value>(
        deciding decide: @escaping @Sendable (Request) -> Fault, ignoringConditions isIgnorant: Bool = false,
        tls certificate: TestCertificate? = nil, _ body: (S3FaultServer) async throws -> Value
    ) async throws -> Value {
        let state = Shared(decide)
        state.memory.withLock { $0.ignoresConditions = isIgnorant }
        let tls = try certificate.map { certificate in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.path).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.keyPath, format: .pem))))
        }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(S3FaultHandler(state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = S3FaultServer(channel: channel, port: channel.localAddress?.port ?? 0, state: state)
        do {
            let value = try await body(server)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }
}
