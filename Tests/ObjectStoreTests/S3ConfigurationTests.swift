import FoundationEssentials
import SigV4
import Testing

@testable import ObjectStore

@Suite("S3 configuration")
struct S3ConfigurationTests {
    @Test(
        "an endpoint is a scheme, a host and perhaps a port",
        arguments: [
            ("https://s3.example.com", "https://s3.example.com"), ("https://s3.example.com/", "https://s3.example.com"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"), ("https://h:443", "https://h"),
            ("http://h:80", "http://h"),
            ("http://[::1]:9000", "http://[::1]:9000"), ("http://[::1]", "http://[::1]"),
        ])
    func endpoint(text: String, canonical: String) {
        #expect(S3Endpoint(text)?.description == canonical)
    }

    @Test(
        "anything else is no endpoint",
        arguments: [
            "", "s3.example.com", "ftp://h", "https://", "https://h/bucket", "https://h?x", "https://user@h",
            "http://h:",
            "http://h:0", "http://h:65536", "http://h:x", "http://[::1", "http://:9000", "https://h h",
        ])
    func noEndpoint(text: String) {
        #expect(S3Endpoint(text) == nil)
    }

    @Test("SC-3: the bucket is in the path or in the host")
    func addressing() {
        let endpoint = S3Endpoint(isSecure: true, host: "s3.example.com", port: 8443)
        let path = S3Configuration(endpoint: endpoint, region: "r", bucket: "b", addressing: .path)
        #expect(path.host == "s3.example.com:8443")
        #expect(path.path(of: "a b/c") == "/b/a b/c")
        #expect(path.path(of: nil) == "/b")
        let virtual = S3Configuration(endpoint: endpoint, region: "r", bucket: "b", addressing: .virtualHost)
        #expect(virtual.host == "b.s3.example.com:8443")
        #expect(virtual.path(of: "a b/c") == "/a b/c")
        #expect(virtual.path(of: nil) == "/")
    }

    @Test("credentials come from the environment, and what is missing is named")
    func environment() async throws {
        let full = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
        let found = try await StaticCredentials(environment: full).credentials(now: Date())
        #expect(found.credentials == Credentials(accessKey: "a", secretKey: "s", sessionToken: "t"))
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            var partial = full
            partial[name] = ""
            #expect(throws: ObjectStoreError.noCredentials(reason: "\(name) is not set")) {
                try StaticCredentials(environment: partial)
            }
        }
    }

    // Seconds by `date -u -d … +%s`.
    @Test("servers' times are read in both spellings")
    func dates() {
        let date = Date(timeIntervalSince1970: 1_709_251_199)
        #expect(HTTPDate.parse("Thu, 29 Feb 2024 23:59:59 GMT") == date)
        #expect(HTTPDate.parseISO("2024-02-29T23:59:59Z") == date)
        #expect(HTTPDate.parseISO("2024-02-29T23:59:59.250Z") == date.addingTimeInterval(0.25))
        for text in [
            "", "now", "Thu, 29 Foo 2024 23:59:59 GMT", "Thu, 29 Feb 2024 25:00:00 GMT", "2024-02-29 23:59:59",
        ] {
            #expect(HTTPDate.parse(text) == nil)
            #expect(HTTPDate.parseISO(text) == nil)
        }
    }
}
