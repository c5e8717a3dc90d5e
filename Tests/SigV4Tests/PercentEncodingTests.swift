import SigV4
import Testing

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test(
        "text is encoded as RFC 3986 says",
        arguments: [
            ("", ""), ("azAZ09-_.~", "azAZ09-_.~"), ("a b+c", "a%20b%2Bc"), ("é世", "%C3%A9%E4%B8%96"), ("%25", "%2525"),
            ("=&?#", "%3D%26%3F%23"),
        ])
    func query(text: String, encoded: String) {
        #expect(PercentEncoding.query(text) == encoded)
        #expect(PercentEncoding.path(text) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
    }

    @Test("a slash stays in a path and is encoded in a query")
    func slash() {
        #expect(PercentEncoding.path("/a//b/") == "/a//b/")
        #expect(PercentEncoding.query("/a") == "%2Fa")
    }

    @Test("damaged encodings are not decoded", arguments: ["%", "%2", "%zz", "a%f", "%C3", "%ff%fe"])
    func damaged(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test("a plus sign is no space")
    func plus() {
        #expect(PercentEncoding.decode("a+b") == "a+b")
    }

    @Test("any text survives encoding and decoding")
    func roundTrip() {
        var random = SplitMix(state: 7)
        for _ in 0..<500 {
            let scalars = (0..<Int(random.next() % 20)).compactMap { _ in
                Unicode.Scalar(UInt32(random.next() % 0x1_0000))
            }
            let text = String(String.UnicodeScalarView(scalars))
            #expect(PercentEncoding.decode(PercentEncoding.query(text)).map { Array($0.utf8) } == Array(text.utf8))
        }
    }
}
