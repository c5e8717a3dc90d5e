import Content
import Delta
import Digests
import FoundationEssentials
import Fuzzing
import Testing

@testable import Patching

/// Patches of the first release of the format: every later reader makes the same bytes of them, or has another version.
@Suite("Golden patches")
struct GoldenPatchTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let method: PatchMethod
        let hasOld: Bool
        /// SHA-256 of the new file.
        let digest: String
        let base64: String

        var testDescription: String { "\(self.method)" }
    }

    static let all = [
        Golden(
            method: .stored, hasOld: false, digest: "ff1d524d058dce63954cb3d2f2a2278afadbc4711f22475f7ae28b20e20640a7",
            base64: "U0xQQVRDSAHjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4Vf8dUk0Fjc5jlUyz0vKiJ4r628RxHyJHX3riiyDiBkCn"
                + "mgge94LDZswa2rYpHvtaE8wzT2Ib8wLmF0fFpvOSBU9bwWPRWOtXG2mFl8JKnqvmAAEAMP8dUk0Fjc5j/x1STQWNzmOVTLPS"
                + "8qInivrbxHEfIkdfeuKLIOIGQKcBAAAwAAAAAAAAAAAxxaBo6b9Ai2Fr8RZXOgSvtzEAvfs0M6ED1UQysgKfcvE="),
        Golden(
            method: .zstd, hasOld: false, digest: "8dfd6f842e412e78da6d7a484710b7094b500ec3288ee298fd0f5c66ae0d2980",
            base64: "U0xQQVRDSAHjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VY39b4QuQS542m16SEcQtwlLUA7DKI7imP0PXGauDSmA"
                + "KLUv/WCgDkUAAAgHAQCc94EQAAEBEmYFF0+RrKSfjf1vhC5BLnjabXpIRxC3CUtQDsMojuKY/Q9cZq4NKYABAACgHwAAAAAA"
                + "AAAAMnuE7v3bSA9MJoZZFsZZXT5dFA8gtkC+bybTJY/M4wIe"),
        Golden(
            method: .difference, hasOld: true,
            digest: "3dab4d2f1292d63de58f2e43634179d374e696d8df6fdd3b8bf61b8ebbc78dc9",
            base64: "U0xQQVRDSAGnsj/Sfsrxz0/0j4a03vytjQ3HX5pcy9BAAam7ALi1kD2rTS8SktY95Y8uQ2NBedN05pbY32/dO4v2G467x43J"
                + "CQl/FD8RBwIA0A8AB+gHDSi1L/0gf10AACCQAwEHAQC41BEBKLUv/SA/RQAAEAMDAQCSABYAYmV0d2VlbgABAj0HWX9zzfWW"
                + "Qj2rTS8SktY95Y8uQ2NBedN05pbY32/dO4v2G467x43JAQAAvxcBAAC4FwAAAAAAAAA2ar4vvmfqaQ63R7Yr0QzzZXyAOL+5"
                + "aq3sMoMw0NLmXW8="),
        Golden(
            method: .modelled, hasOld: true, digest: "3dab4d2f1292d63de58f2e43634179d374e696d8df6fdd3b8bf61b8ebbc78dc9",
            base64: "U0xQQVRDSAGnsj/Sfsrxz0/0j4a03vytjQ3HX5pcy9BAAam7ALi1kD2rTS8SktY95Y8uQ2NBedN05pbY32/dO4v2G467x43J"
                + "BwgAYmV0d2VlbgHLAAAAIA2EgffQJ2DqfYJ/PgCYY/hhvec/N/JUqPWFbQABAyu+SQyqATa4DT2rTS8SktY95Y8uQ2NBedN0"
                + "5pbY32/dO4v2G467x43JAQAAvxcBAAC4FwAAAAAAAAA2kCBT3sIyrGEEo6xHG9luw4w4wWQCyc5sAWIWxZLr6Vk="),
    ]

    /// A modelled difference of ARM64 code, whose references are followed.
    static let arm = Golden(
        method: .modelled, hasOld: true, digest: "ec5c2130115b7d04287e448ef701fa1095d3a2055d76b54f269352be40c75d81",
        base64:
            "U0xQQVRDSAFvxXCbNvWmyvbitkV0MX2+ldNk8Jhl7mYwNIalTGnjjexcITARW30EKH5EjvcB+hCV06IFXXa1TyaTUr5Ax12B"
            + "BAUAHyAD1QILAQAADhSSz2mkTUQBA1BSxtpv/OlNvzOJlVaYa3BTSpj5PIHNfoRLG2oTJ1P7AG0oeeJGoRXf88nVP3MBfIAB"
            + "L+T9P9VxkTZ9AwsPEQQjOShu2H/Iw70vWwPFVTKFWwSa42onv4Q40cCEEKgD56ZrXhRCtQNCd3IAAQOAATzf7+qu3bzo7Fwh"
            + "MBFbfQQofkSO9wH6EJXTogVddrVPJpNSvkDHXYEBAACofwEAAJh/AAAAAAAAADeneFoKbAVaeJK9GOEOrIlm5L2HnMQeIvOb"
            + "v/lUXKHP5A==")

    /// A difference of edited zip members and images, whose streams are opened on both sides.
    static let opened = Golden(
        method: .opened, hasOld: true, digest: "5cd5e159bd1656b03e26a26cc0b0fe730f85f840f486c67cd701e292eda00c5e",
        base64:
            "U0xQQVRDSAHzUv4kXm4GyzEEaVP3s+s7vVS3zUWt5zprSwlM3OuTd1zV4Vm9FlawPiaibMCw/nMPhfhA9IbGfNcB4pLtoAxeA8R0DAwN"
            + "DQLNCuA5ABL9LzKABALAdM0KpQ4AEu8LgAQ0GQIAAAAA2pRZ5ni9MW/sGOdV6XXYsIaA/cYA7/+zAPcUACaSgFHGax8oZQNR0Owm2Ile"
            + "FH/R/AABBFhRWKbHR/j5ZVzV4Vm9FlawPiaibMCw/nMPhfhA9IbGfNcB4pLtoAxeAQAAhiUBAAD7JAAAAAAAAAA2tg6WurzTEarMejZp"
            + "39tcKUjSOsGqBtqC12Vs3mn6iYo=")

    private static func old() -> [UInt8] {
        var random = SeededGenerator(seed: 71)
        return Sample.structured(count: 3000, using: &random)
    }

    @Test("a patch of each method still makes the bytes it was made for", arguments: Self.all)
    func applies(golden: Golden) throws {
        let patch = Array(try #require(Data(base64Encoded: golden.base64)))
        let reader = try PatchReader(MemorySource(patch))
        #expect(reader.groups.map(\.method) == [golden.method])
        let made = try Sample.apply(patch, to: golden.hasOld ? Self.old() : [])
        #expect(Digest.sha256(of: made).description == golden.digest)
    }

    @Test("a patch that follows references of ARM64 code still makes the bytes it was made for")
    func appliesArm() throws {
        let patch = Array(try #require(Data(base64Encoded: Self.arm.base64)))
        let reader = try PatchReader(MemorySource(patch))
        #expect(reader.groups.map(\.method) == [Self.arm.method])
        let made = try Sample.apply(patch, to: ArmProgram(functions: 100, seed: 71).bytes())
        #expect(Digest.sha256(of: made).description == Self.arm.digest)
    }

    @Test("a patch that opens streams on both sides still makes the bytes it was made for")
    func appliesOpened() throws {
        let patch = Array(try #require(Data(base64Encoded: Self.opened.base64)))
        let reader = try PatchReader(MemorySource(patch))
        #expect(reader.groups.map(\.method) == [Self.opened.method])
        let made = try Sample.apply(patch, to: Archive.mixed(isEdited: false))
        #expect(try made == Archive.mixed(isEdited: true))
        #expect(Digest.sha256(of: made).description == Self.opened.digest)
    }

    @Test("there is a golden patch of every method")
    func complete() { #expect((Self.all + [Self.opened]).map(\.method) == PatchMethod.allCases) }

    @Test("the version of the format and the numbers of its methods are what they were")
    func numbers() {
        #expect(PatchFrame.version == 1)
        #expect(PatchMethod.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
    }
}
