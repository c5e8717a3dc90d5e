import Content
import SigV4
import Testing

@Suite("Signing with the S3 vectors")
struct SignerTests {
    @Test("there are vectors of all three kinds")
    func allKinds() {
        #expect(VectorFile.cases("header").count == 15)
        #expect(VectorFile.cases("presign").count == 10)
        #expect(VectorFile.cases("chunked").count == 1)
    }

    @Test("a request is signed in its headers as the vector says", arguments: VectorFile.cases("header"))
    func header(_ vector: VectorFile.Vector) throws {
        let signer = VectorFile.shared.signer(sessionToken: nil)
        let payloadHash = try #require(vector.payloadHash)
        let canonical = CanonicalRequest(vector.request, payload: payloadHash)
        #expect(canonical.text == vector.canonicalRequest)
        #expect(signer.stringToSign(canonical) == vector.stringToSign)

        let payload: PayloadHash =
            switch payloadHash {
            case PayloadHash.unsigned.text: .unsigned
            case PayloadHash.signedChunks.text: .signedChunks
            default: .digest(try #require(Digest(payloadHash)))
            }
        let signed = signer.sign(vector.request, payload: payload)
        #expect(signed.signature == vector.signature)
        #expect(signed.headers.last == .init("authorization", try #require(vector.authorization)))
    }

    @Test("a request is signed in its query as the vector says", arguments: VectorFile.cases("presign"))
    func presign(_ vector: VectorFile.Vector) throws {
        let signer = VectorFile.shared.signer(sessionToken: vector.sessionToken)
        let signed = signer.presign(vector.request, expiresIn: try #require(vector.expires))
        #expect(signed.signature == vector.signature)
        #expect(signed.url(scheme: "https") == vector.url)
    }

    @Test("chunks are signed one after the other as AWS documents")
    func chunks() throws {
        let vector = try #require(VectorFile.cases("chunked").first)
        let seed = try #require(vector.seedSignature)
        var signer = ChunkSigner(signer: VectorFile.shared.signer(sessionToken: nil), seed: seed)
        for chunk in try #require(vector.chunks) {
            let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: chunk.size)
            let header = signer.header(for: bytes)
            #expect(header == "\(String(chunk.size, radix: 16));chunk-signature=\(chunk.signature)\r\n")
        }
    }

    @Test("signing again replaces the headers of the first signing")
    func signingTwice() {
        let signer = VectorFile.shared.signer(sessionToken: "token")
        let request = UnsignedRequest(
            method: "GET", host: "h", path: "/k", query: [], headers: [.init("range", "bytes=0-1")])
        let once = signer.sign(request, payload: .unsigned)
        var again = request
        again.headers = once.headers
        #expect(signer.sign(again, payload: .unsigned).signature == once.signature)
        #expect(once.headers.contains(.init("x-amz-security-token", "token")))
    }

    @Test("the derived key is kept for its day, region and credentials only")
    func cache() {
        let hash = CountingHash()
        var cache = SigningKeyCache()
        let credentials = Credentials(accessKey: "a", secretKey: "b", sessionToken: nil)
        let first = SigningScope(time: SigningTime(secondsSince1970: 0), region: "r", service: "s3")
        let later = SigningScope(time: SigningTime(secondsSince1970: 86_399), region: "r", service: "s3")
        let nextDay = SigningScope(time: SigningTime(secondsSince1970: 86_400), region: "r", service: "s3")
        _ = cache.key(credentials, scope: first, hash: hash)
        _ = cache.key(credentials, scope: later, hash: hash)
        #expect(hash.count == 4)
        _ = cache.key(credentials, scope: nextDay, hash: hash)
        #expect(hash.count == 8)
        _ = cache.key(Credentials(accessKey: "a", secretKey: "c", sessionToken: nil), scope: nextDay, hash: hash)
        #expect(hash.count == 12)
    }
}
