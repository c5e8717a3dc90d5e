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
                + "CQl/FD8RBwcCANAPAAfoBw0otS/9IH9dAAAgkAMBBwEAuNQRASi1L/0gP0UAABADAwEAkgAWYmV0d2VlbgABAj2dvcNDuUpr"
                + "tD2rTS8SktY95Y8uQ2NBedN05pbY32/dO4v2G467x43JAQAAvxcBAAC4FwAAAAAAAAA24NNewkvvrIrdxYgzWO8hCB9Fo4Vp"
                + "0fvRLMpwwDFqLBo="),
        Golden(
            method: .modelled, hasOld: true, digest: "6f1b389044394af5cbc88eda3bfb9657cdc3061eafef7b0ee1998c52a3bce868",
            base64: "U0xQQVRDSAGnsj/Sfsrxz0/0j4a03vytjQ3HX5pcy9BAAam7ALi1kG8bOJBEOUr1y8iO2jv7llfNwwYer+97DuGZjFKjvOho"
                + "BwdiZXR3ZWVuAP/NBQCREQQ9+j5gIBQYDiLUI4Kwu0IKlGu1qB/VZhAWH6f0tMwGUGokk2yjvelXgVbcR34v1KztsebR844p"
                + "RIvuhqwJ1FaL4d8wX2dglJGCfw5236yF3PSiINqryiHgHqamqdyz5FQlBwxHzwABA3aAitGeuKZ8gm8bOJBEOUr1y8iO2jv7"
                + "llfNwwYer+97DuGZjFKjvOhoAQAA3xgBAAC4FwAAAAAAAAA24u7esJHkWQ1eZEqBppyugs63HZH0lkdrgNmT33llSFU="),
        Golden(
            method: .reopened, hasOld: false,
            digest: "48ab866a30cc7b321d9e0655bd5793a86dd2409db93adee9fd202b104be77373",
            base64: "U0xQQVRDSAHjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VUirhmowzHsyHZ4GVb1Xk6ht0kCduTre6f0gKxBL53Nz"
                + "AQEAAAAA/BP9AgUFACi1L/1g/AidCwAGVDcbgDkdcynyg6z4N1iLgioMzGtkk90sHFZ2BMI/NwAvACkAiFmS/RVyFqmBkqG0"
                + "OInHdCslFid5LD1oobD3YhADMdZYyfIsDuYghWB4DLkaKDmIYUgAIHgMArjvyJf92n3ri/zM2npajrifpTQLxGPLleU4oAZ5"
                + "VoNYCsix7Lor1iogGMKi2HkF6n/rjYxktWvzrSvuJ29p56kf7j8yZiOn7rfOyJ+s1XvrifvJmo1X6kiGVGgQY0pDsMRJ+JO1"
                + "99YTtz5Zs/HUEdx3LL7s1+5bX+QvZm09dcT95My+C4ChqEGkbkqS7LUGcC1IOhASYsQMY/l7HiscOHDxNQWgFYEJ+0s8Yy11"
                + "gaFQKglxsQidK6UAfmI/hhGYTWXQ7+wOAtcatyHmKJL1IW0J27EzceMYZVJ586JJcC4H7iD2IJ5tnHkkg2UNhw5Losi/22ii"
                + "pEml2w2Atc+npX+2S1flBXMDUitAhdLyS+2rSuKqFgqAKQEK5BMAAAEEjwMrupg/kXw2akirhmowzHsyHZ4GVb1Xk6ht0kCd"
                + "uTre6f0gKxBL53NzAQAA9AMAAAAAAAAAADNfsHO6I7X0kXaEqtHoM87ZbASEUPizX15rGHfxhrt23g=="),
    ]

    /// A modelled difference of ARM64 code, whose references are followed.
    static let arm = Golden(
        method: .modelled, hasOld: true, digest: "ec5c2130115b7d04287e448ef701fa1095d3a2055d76b54f269352be40c75d81",
        base64:
            "U0xQQVRDSAFvxXCbNvWmyvbitkV0MX2+ldNk8Jhl7mYwNIalTGnjjexcITARW30EKH5EjvcB+hCV06IFXXa1TyaTUr5Ax12B"
            + "BAQfIAPVAgsBAAAOFJLPaaRNRAEDUFLG2m/86U2/M4mVVphrcFNKmPk8gc1+hEsbahMnU/sAbSh54kahFd/zydU/cwF8gAEv"
            + "5P0/1XGRNn0DCw8RBCM5KG7Yf8jDvS9bA8VVMoVbBJrjaie/hDjRwIQQqAPnpmteFEK1A0J3cgABA3/f8hxglQYT6uxcITAR"
            + "W30EKH5EjvcB+hCV06IFXXa1TyaTUr5Ax12BAQAAqH8BAACYfwAAAAAAAAA24a49xJ840+bxdV7fM2xf7j8vQNuudzKqjQNX"
            + "HMq01UA=")

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

    @Test("there is a golden patch of every method")
    func complete() { #expect(Self.all.map(\.method) == PatchMethod.allCases) }

    @Test("the version of the format and the numbers of its methods are what they were")
    func numbers() {
        #expect(PatchFrame.version == 1)
        #expect(PatchMethod.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
    }
}
