import Content
import Foundation
import ObjectStore
import Testing

@Suite("Presigned requests to our own API")
struct URLSignerTests {
    private static let now = Date(timeIntervalSince1970: 1_000_000)
    private static let operations: [PresignedOperation] = [
        .get("a b/é+%/x"), .put("k", length: 5, digest: nil),
        .put("k", length: 0, digest: .init(bytes: [UInt8](repeating: 3, count: 32))),
        .part("k/l", MultipartUploadID("0a&b=c"), number: 17, length: 1 << 40),
    ]

    private static func verify(_ method: String, _ url: String, at time: Date) throws(URLSignatureError)
        -> SignedOperation
    {
        let sides = url.dropFirst(publicBase.count).split(separator: "?", maxSplits: 1)
        return try signer.verify(
            method: method, path: String(sides[0]), query: sides.count == 2 ? String(sides[1]) : "", now: time)
    }

    @Test("what was signed is what is allowed", arguments: operations)
    func roundTrip(_ operation: PresignedOperation) throws {
        let request = signer.sign(operation, expiresAt: Self.now.addingTimeInterval(60))
        #expect(request.url.hasPrefix("https://api.example.com/storage/v1/"))
        let signed = try Self.verify(request.method, request.url, at: Self.now)
        #expect(signed.operation == operation)
        #expect(signed.expires == 1_000_060)
    }

    @Test("no single character of the URL can be changed", arguments: operations)
    func tampering(_ operation: PresignedOperation) {
        let request = signer.sign(operation, expiresAt: Self.now.addingTimeInterval(60))
        let characters = Array(request.url)
        for index in publicBase.count..<characters.count {
            var changed = characters
            changed[index] = changed[index] == "1" ? "2" : "1"
            let isAccepted = (try? Self.verify(request.method, String(changed), at: Self.now)) != nil
            #expect(!isAccepted, "\(String(changed))")
        }
    }

    @Test("it counts to the last second and not longer")
    func expiry() {
        let request = signer.sign(.get("k"), expiresAt: Self.now)
        #expect(throws: Never.self) { try Self.verify("GET", request.url, at: Self.now) }
        #expect(throws: URLSignatureError.expired) {
            try Self.verify("GET", request.url, at: Self.now.addingTimeInterval(1))
        }
    }

    @Test("it is good for its method, and HEAD where GET is")
    func methods() {
        let get = signer.sign(.get("k"), expiresAt: Self.now)
        let put = signer.sign(.put("k", length: 1, digest: nil), expiresAt: Self.now)
        #expect(throws: Never.self) { try Self.verify("HEAD", get.url, at: Self.now) }
        #expect(throws: URLSignatureError.wrongMethod(expected: "GET")) {
            try Self.verify("PUT", get.url, at: Self.now)
        }
        #expect(throws: URLSignatureError.wrongMethod(expected: "PUT")) {
            try Self.verify("HEAD", put.url, at: Self.now)
        }
    }

    @Test("another key signs otherwise")
    func keys() {
        let other = URLSigner(key: [UInt8](repeating: 8, count: 32), publicBase: publicBase)
        let request = other.sign(.get("k"), expiresAt: Self.now)
        #expect(throws: URLSignatureError.tampered) { try Self.verify("GET", request.url, at: Self.now) }
    }

    @Test(
        "what was never ours is malformed",
        arguments: [
            "/storage/v1/k?op=get&expires=1", "/storage/v1/k?op=get&signature=00",
            "/storage/v1/?op=get&expires=1&signature=00",
            "/storage/v1/../k?op=get&expires=1&signature=00", "/storage/v1/k?op=get&op=get&expires=1&signature=00",
            "/storage/v1/k?op=get&expires=x&signature=00", "/storage/v1/k?op=drop&expires=1&signature=00",
            "/storage/v1/k?op=put&expires=1&signature=00", "/storage/v1/k?op=get&length=1&expires=1&signature=00",
            "/other/k?op=get&expires=1&signature=00", "/storage/v1/%zz?op=get&expires=1&signature=00",
            "/storage/v1/k?&",
        ])
    func malformed(target: String) throws {
        do {
            _ = try Self.verify("GET", publicBase + target, at: Self.now)
            Issue.record("accepted")
        } catch .malformed {
        } catch {
            Issue.record("\(error)")
        }
    }
}
