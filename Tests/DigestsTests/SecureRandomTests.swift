import Testing

@testable import Digests

@Suite("Randomness and processor")
struct SecureRandomTests {
    @Test("gives as many bytes as asked for, others each time")
    func bytes() throws {
        #expect(try SecureRandom.bytes(0).isEmpty)
        let all = try (0..<100).map { _ in try SecureRandom.bytes(16) }
        #expect(all.allSatisfy { $0.count == 16 })
        #expect(Set(all).count == 100)
    }

    @Test(
        "the SHA bit is read from what libcrypto says of the processor",
        arguments: [
            ("OPENSSL_ia32cap=0xfffa3203078bffff:0x405fc6f1bf07ab", true),
            ("OPENSSL_ia32cap=0xfffa3203078bffff:0x405fc6d1bf07ab env:0x1:~0x20000000", false),
            ("OPENSSL_ia32cap=0x7ffaf3ffffebffff:0x29c67af", false),
            ("OPENSSL_ia32cap=0x7ffaf3ffffebffff", false),
            ("OPENSSL_armcap=0x1f", true), ("OPENSSL_armcap=0x7d", true), ("OPENSSL_armcap=0x1", false),
            ("OPENSSL_s390xcap=none", false), ("", false), ("=", false), ("OPENSSL_ia32cap=:", false),
        ])
    func extensions(settings: String, expected: Bool) {
        #expect(CPUFeatures.hasSHAExtensions(in: settings) == expected)
    }
}
