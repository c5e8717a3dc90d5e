import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Platform
import Testing

@Suite("Connections to other services")
struct ServiceTransportTests {
    @Test("SE-3: a service that asks for our certificate is shown it, and believed by its own root only")
    func mutual() async throws {
        try await Self.withCertificates { files in
            try await Self.withServer(files) { url in
                let known = ServiceTransport.Identity(
                    certificate: files.path("ours.pem"), key: files.path("ours.key"), roots: files.path("root.pem"))
                let status = try await Self.status(of: url, known)
                #expect(status == 200)
                let anonymous = ServiceTransport.Identity(roots: files.path("root.pem"))
                await #expect(throws: (any Error).self) { try await Self.status(of: url, anonymous) }
                let credulous = ServiceTransport.Identity(
                    certificate: files.path("ours.pem"), key: files.path("ours.key"))
                await #expect(throws: (any Error).self) { try await Self.status(of: url, credulous) }
            }
        }
    }

    @Test("files that cannot be used are found out at the start")
    func unusable() {
        for identity in [
            ServiceTransport.Identity(certificate: "/nowhere.pem", key: "/nowhere.key"),
            ServiceTransport.Identity(certificate: "/nowhere.pem"), ServiceTransport.Identity(roots: "/nowhere.pem"),
        ] {
            #expect(throws: ServiceTransport.Unusable.self) { try ServiceTransport.makeClient(identity) }
        }
    }

    private struct Files: Sendable {
        let directory: URL

        func path(_ name: String) -> String { self.directory.appending(path: name).path }
    }

    /// A root, and certificates of theirs and ours that it signed.
    private static func withCertificates(_ body: (Files) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let script = """
            set -e
            key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
            key root; key theirs; key ours
            openssl req -x509 -new -key root.key -subj /CN=root -days 2 -out root.pem
            sign() {
                openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
                printf 'subjectAltName=DNS:localhost' >"$1.ext"
                openssl x509 -req -in "$1.csr" -CA root.pem -CAkey root.key -CAcreateserial -days 2 -extfile "$1.ext" \
                    -out "$1.pem"
            }
            sign theirs; sign ours
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = directory
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl made no certificates")
        try await body(Files(directory: directory))
    }

    /// A server that takes nobody without a certificate of the root.
    private static func withServer(_ files: Files, _ body: (String) async throws -> Void) async throws {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(files.path("theirs.pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.path("theirs.key"), format: .pem)))
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(files.path("root.pem")))
        let context = try NIOSSLContext(configuration: tls)
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context), Greeter())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body("https://localhost:\(server.localAddress?.port ?? 0)/"))
        } catch {
            outcome = .failure(error)
        }
        try await server.close()
        try outcome.get()
    }

    private static func status(of url: String, _ identity: ServiceTransport.Identity) async throws -> UInt {
        let client = try ServiceTransport.makeClient(identity)
        let outcome: Result<UInt, any Error>
        do {
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
            _ = try await response.body.collect(upTo: 1 << 10)
            outcome = .success(response.status.code)
        } catch {
            outcome = .failure(error)
        }
        try await client.shutdown()
        return try outcome.get()
    }

    /// Says 200 to the first bytes of a request.
    private final class Greeter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let answer = ByteBuffer(string: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
            context.writeAndFlush(self.wrapOutboundOut(answer), promise: nil)
        }
    }
}
