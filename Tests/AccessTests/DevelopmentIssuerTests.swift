import Access
import Content
import FoundationEssentials
import Testing

@Suite("The development issuer")
struct DevelopmentIssuerTests {
    @Test("the key outlives the process in a file that only its owner reads, and tokens stay good")
    func keyFile() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-issuer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "issuer.pem").path

        let first = try await DevelopmentIssuer(keyAt: path, issuer: "up", audience: "slipway")
        let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect("\(permissions ?? "none")" == "\(0o600)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["issuer.pem"])

        let second = try await DevelopmentIssuer(keyAt: path, issuer: "up", audience: "slipway")
        #expect(second.keySet == first.keySet)

        let user = UserID(UUID())
        let verifier = TokenVerifier(
            policy: TokenPolicy(issuer: "up", audience: "slipway", skew: .seconds(5), maximumAge: .seconds(3600)),
            source: second.source)
        let token = try first.mint(user: user, developer: nil, lifetime: .seconds(60), now: Date())
        #expect(try await verifier.verify(token, now: Date()).user == user)
    }

    @Test("a file with something else in it is an error, not a new key")
    func otherFile() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "slipway-issuer-\(UUID().uuidString).pem")
            .path
        try Data("not a key".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        await #expect(throws: (any Error).self) {
            try await DevelopmentIssuer(keyAt: path, issuer: "up", audience: "slipway")
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("not a key".utf8))
    }
}
