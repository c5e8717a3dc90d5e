public import AsyncHTTPClient
import NIOCore
import NIOSSL

/// The connections to the other services: no redirects, TLS 1.2 or newer, and a certificate of ours where they ask for one.
public enum ServiceTransport {
    /// Files in PEM by which we and they know each other.
    public struct Identity: Equatable, Sendable {
        /// Our certificate, with those between it and a root after it; nil to show none.
        public var certificate: String?
        /// The key of the certificate.
        public var key: String?
        /// Whose certificates are believed; nil for the system's roots.
        public var roots: String?

        public init(certificate: String? = nil, key: String? = nil, roots: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.roots = roots
        }
    }

    /// Files that cannot be used.
    public struct Unusable: Error, CustomStringConvertible {
        public let description: String
    }

    /// The caller ends it by `shutdown()`.
    ///
    /// - Throws: ``Unusable``.
    public static func makeClient(_ identity: Identity = Identity()) throws(Unusable) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try self.tls(identity), redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(3)), decompression: .disabled)
        configuration.connectionPool.idleTimeout = .seconds(30)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func tls(_ identity: Identity) throws(Unusable) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        do {
            switch (identity.certificate, identity.key) {
            case (let certificate?, let key?):
                tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            case (nil, nil): break
            default: throw Unusable(description: "a certificate needs its key, and a key its certificate")
            }
            if let roots = identity.roots { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(roots)) }
        } catch let error as Unusable {
            throw error
        } catch {
            throw Unusable(description: "cannot be read as PEM: \(error)")
        }
        return tls
    }
}
