import SigV4
import Testing

@Suite("Credentials")
struct CredentialsTests {
    @Test("no way of printing shows the secret or the token")
    func redaction() {
        let credentials = Credentials(accessKey: "AKIA", secretKey: "hush", sessionToken: "quiet")
        var dumped = ""
        dump(credentials, to: &dumped)
        dump([credentials], to: &dumped)
        let texts = [
            "\(credentials)", String(describing: credentials), String(reflecting: credentials), "\([credentials])",
            "\(Optional(credentials) as Any)", dumped,
        ]
        for text in texts {
            #expect(text.contains("AKIA"))
            #expect(!text.contains("hush"))
            #expect(!text.contains("quiet"))
        }
    }

    @Test("a signing key prints nothing of itself")
    func keyRedaction() {
        let scope = SigningScope(time: SigningTime(secondsSince1970: 0), region: "r", service: "s3")
        let key = SigningKey(
            Credentials(accessKey: "a", secretKey: "b", sessionToken: nil), scope: scope, hash: LibcryptoHash())
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "a signing key")
        #expect(!dumped.contains("bytes"))
    }
}
