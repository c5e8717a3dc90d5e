import Foundation

/// A self-signed certificate for a test, which is its own authority.
public struct TestCertificate: Sendable {
    /// Of the certificate, in PEM.
    public let path: String
    /// Of its key, in PEM.
    public let keyPath: String

    public struct NotMade: Error {}

    /// - Parameter names: of hosts.
    public init(in directory: String, for names: [String]) throws {
        self.path = "\(directory)/certificate.pem"
        self.keyPath = "\(directory)/key.pem"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=\(names[0])", "-addext", "subjectAltName=" + names.map { "DNS:\($0)" }.joined(separator: ","),
            "-keyout", self.keyPath, "-out", self.path,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotMade() }
    }
}
