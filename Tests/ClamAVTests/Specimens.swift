import Foundation

/// Files to scan, made in code so that no scanner of this repository trips over them.
enum Specimens {
    /// The EICAR test file, put together from halves.
    static let eicar = Data(("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-" + "TEST-FILE!$H+H*").utf8)

    /// A zip with the EICAR test file, deflated (Python's zipfile).
    static let eicarZip = decode(
        """
        UEsDBBQAAAAIAAAAIVA8z1FoRgAAAEQAAAAFAAAAZS5jb22LMPVXDFB1cAyINokJiIowNdEIiNM0d3bWNK9VcfV0dgzSDQ5x9HNxDHLRdfQL8Qzz
        DAoN1g1xDQ7RdfP0cVVU8dD20AIAUEsBAhQDFAAAAAgAAAAhUDzPUWhGAAAARAAAAAUAAAAAAAAAAAAAAIABAAAAAGUuY29tUEsFBgAAAAABAAEA
        MwAAAGkAAAAAAA==
        """)

    /// A gzipped tar with the EICAR test file (Python's tarfile).
    static let eicarTarGz = decode(
        """
        H4sIAAAAAAACA+3NTQuCQACE4f0pCQZZbGyw6rVFDRfCFrWQiiCiYwR9HPvvSUSH7nnpfS4DM4c5jg/nk/gt1Yq0fmXrO9VEfbZ3H0WRFj0lOnC/
        3vaX9lL8pyZceK4/NW6jt27dhHrgdkGcJEH88DObmFJWtSlSU6bSFLVd2XJZyTqrajmz88zz81E+FAAAAAAAAAAAAAAAAACAzj0B7B7nJQAoAAA=
        """)

    /// A zip, in a zip, in a zip, in a zip, around a harmless text.
    static let nestedZip = decode(
        """
        UEsDBBQAAAAIAAAAIVDG2iRg0AAAAPoAAAAFAAAAMy56aXAL8GZmEWFgYOAAYsWAnYrb+/qArN1AzArERnpVmQXcH9LSBBMTEh4wJB1tqPV/e/pv
        4xorhTTWJOe9q84wvePPzGzq5OTkl5jUZ1ZyjycsN/NCYohHsm/Svd2veC7/5jxUFHb6fOjeqquzIje+yzraqczEf25egOUVYd2zyUkJJQ3tn52j
        tIoXujxm5ey/6buIh4fxXo+P0pkdb1sa2dzYZnAz7Ym86SDjpmDCdsk1gZUhwJuRSYQZt5NhoIGRAeaBAG9WNhCHEQiNgfRGsAIAUEsBAhQDFAAA
        AAgAAAAhUMbaJGDQAAAA+gAAAAUAAAAAAAAAAAAAAIABAAAAADMuemlwUEsFBgAAAAABAAEAMwAAAPMAAAAAAA==
        """)

    /// A zip with an encrypted text (Info-ZIP's zip -P).
    static let encryptedZip = decode(
        """
        UEsDBAoACQAAAMtDd116em/tDwAAAAMAAAAFABwAcy50eHRVVAkAA575A2ue+QNrdXgLAAEEAAAAAAQAAAAANsDnSOJSORQcPEVPv9QNUEsHCHp6
        b+0PAAAAAwAAAFBLAQIeAwoACQAAAMtDd116em/tDwAAAAMAAAAFABgAAAAAAAEAAACkgQAAAABzLnR4dFVUBQADnvkDa3V4CwABBAAAAAAEAAAA
        AFBLBQYAAAAAAQABAEsAAABeAAAAAAA=
        """)

    static let text = Data("Once upon a midnight dreary, while I pondered, weak and weary.\n".utf8)

    /// Bytes without a pattern; the same for the same seed.
    static func noise(_ count: Int, seed: UInt64 = 1) -> Data {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        var bytes = Data(capacity: count)
        while bytes.count < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            bytes.append(UInt8(truncatingIfNeeded: state >> 24))
        }
        return bytes
    }

    /// Compressed by gzip(1), which every Debian has.
    static func gzip(_ bytes: Data) throws -> Data {
        let file = FileManager.default.temporaryDirectory.appending(path: "gzip-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        try bytes.write(to: file)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/gzip")
        process.arguments = ["-c", file.path]
        process.standardOutput = output
        try process.run()
        let compressed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return compressed
    }

    private static func decode(_ text: String) -> Data {
        Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data()
    }
}
