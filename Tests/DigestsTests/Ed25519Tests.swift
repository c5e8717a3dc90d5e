import Content
import Digests
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
    struct Vector: Sendable {
        let seed: String
        let key: String
        let message: String
        let signature: String
    }

    /// RFC 8032 §7.1, tests 1 to 3.
    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature:
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature:
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
            signature:
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a"),
    ]

    @Test("gives the keys and signatures of RFC 8032", arguments: Self.vectors)
    func signatures(vector: Vector) throws {
        let key = try Ed25519.SigningKey(seed: #require(Hexadecimal.decode(vector.seed)))
        let message = try #require(Hexadecimal.decode(vector.message))
        let signature = try key.sign(message)
        #expect(Hexadecimal.encode(key.verifyingKey.bytes) == vector.key)
        #expect(Hexadecimal.encode(signature) == vector.signature)
        #expect(Hexadecimal.encode(key.seed) == vector.seed)
        let verifier = try Ed25519.VerifyingKey(bytes: #require(Hexadecimal.decode(vector.key)))
        #expect(verifier == key.verifyingKey)
        #expect(verifier.isValid(signature, for: message))
    }

    @Test("refuses a changed message, a changed signature, another key's signature and other lengths")
    func forgeries() throws {
        let key = try Ed25519.SigningKey.generate()
        let message = Array("a manifest".utf8)
        let signature = try key.sign(message)
        let verifier = key.verifyingKey
        #expect(verifier.isValid(signature, for: message))
        #expect(!verifier.isValid(signature, for: message + [0]))
        for index in signature.indices {
            var forged = signature
            forged[index] ^= 1
            #expect(!verifier.isValid(forged, for: message))
        }
        #expect(!verifier.isValid([], for: message))
        #expect(!verifier.isValid(signature + [0], for: message))
        #expect(!verifier.isValid(try Ed25519.SigningKey.generate().sign(message), for: message))
    }

    @Test("a key survives its PEM form")
    func pem() throws {
        let key = try Ed25519.SigningKey.generate()
        let pem = try key.pem()
        #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(pem.hasSuffix("-----END PRIVATE KEY-----\n"))
        #expect(try Ed25519.SigningKey(pem: pem).seed == key.seed)
        #expect(try Ed25519.SigningKey(pem: "a comment\n" + pem + "more text").verifyingKey == key.verifyingKey)
    }

    @Test("reads the key of RFC 8410 §10.3")
    func knownPEM() throws {
        let pem = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            -----END PRIVATE KEY-----

            """
        let key = try Ed25519.SigningKey(pem: pem)
        #expect(
            Hexadecimal.encode(key.seed) == "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842")
        #expect(try key.pem() == pem)
    }

    @Test(
        "refuses what is not an unencrypted Ed25519 key",
        arguments: [
            "", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            // A P-256 key.
            """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsHUHeXpQQuyEcHlW
            Z4xXXT065MnTa2gtRpe4zJCifRuhRANCAARMlzrwfWe8LX17wIbq9rIiTQYVG5aH
            IpRkWEAnrQH+RtlWTV71yROf7B3JhwwV4n+ReIx5PKX2bbGFBsqvRAKn
            -----END PRIVATE KEY-----
            """,
            // Encrypted with the password "secret", which must not be asked for on the terminal.
            """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhU8nCvK/4tMQICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEEsvIFpXJ9mWAuRAAfNRiUIEQIrN
            hEyVHtPajVkPJ7nYXL1JOURag8s59AzRESNuvt7DqQ/0BrUGfpSpL8Fy8NN7+ioZ
            +UOhMOR+OY49YGgOoY8=
            -----END ENCRYPTED PRIVATE KEY-----
            """,
        ])
    func notAKey(pem: String) {
        #expect(throws: DigestsError.notAnEd25519Key) { try Ed25519.SigningKey(pem: pem) }
    }

    @Test("refuses seeds and keys of a wrong length")
    func lengths() {
        #expect(throws: DigestsError.wrongKeyLength(expected: 32, got: 31)) {
            try Ed25519.SigningKey(seed: [UInt8](repeating: 0, count: 31))
        }
        #expect(throws: DigestsError.wrongKeyLength(expected: 32, got: 33)) {
            try Ed25519.VerifyingKey(bytes: [UInt8](repeating: 0, count: 33))
        }
    }

    @Test("printing a signing key does not tell its secret")
    func description() throws {
        let key = try Ed25519.SigningKey.generate()
        #expect(!"\(key)".contains(Hexadecimal.encode(key.seed)))
        #expect("\(key)".contains(Hexadecimal.encode(key.verifyingKey.bytes)))
    }
}
