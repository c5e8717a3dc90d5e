import Content
import Fuzzing
import Testing

@testable import Inspection

@Suite("A look at one file")
struct FileInspectionTests {
    private func inspect(_ bytes: [UInt8], _ path: String) throws -> FileInspection {
        try FileInspection.inspect(MemorySource(bytes), path: try BuildPath(validating: path))
    }

    @Test(
        "kinds are told by first bytes, and scripts without any by the ending",
        arguments: [
            ([0x7F, 0x45, 0x4C, 0x46, 2], "game", FileKind.elf), ([0x4D, 0x5A, 0, 0], "a.bin", .portableExecutable),
            (Array("#!/bin/sh\n".utf8), "run", .script), (Array("@echo off".utf8), "Update.BAT", .script),
            (Array("Write-Host".utf8), "x.ps1", .script), ([0x50, 0x4B, 3, 4], "data.pak", .archive),
            ([0xCF, 0xFA, 0xED, 0xFE], "game", .machO), ([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2], "game", .machO),
            ([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52], "A.class", .other), ([], "empty", .other),
            (Array("hello".utf8), "readme.txt", .other),
        ] as [([UInt8], String, FileKind)])
    func kinds(head: [UInt8], path: String, kind: FileKind) throws {
        #expect(try self.inspect(head, path).kind == kind)
    }

    @Test("a program that calls itself a picture is disguised")
    func disguise() throws {
        #expect(try self.inspect(ProgramBytes().bytes, "art/logo.png").isDisguised)
        #expect(!(try self.inspect(ProgramBytes().bytes, "game.exe").isDisguised))
    }

    @Test("packers are told by the names of their sections", arguments: [("UPX0", "UPX"), (".vmp0", "VMProtect")])
    func packers(section: String, packer: String) throws {
        var program = ProgramBytes()
        program.sections = [(".text", [UInt8](repeating: 1, count: 64)), (section, [1])]
        #expect(try self.inspect(program.bytes, "game.exe").packer == packer)
        #expect(try self.inspect(ProgramBytes().bytes, "game.exe").packer == nil)
    }

    @Test("UPX is told by its mark in a Linux program, which has no sections then")
    func packedELF() throws {
        let program = [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 200) + Array("UPX!".utf8)
        #expect(try self.inspect(program, "game").packer == "UPX")
    }

    @Test("a section that looks encrypted is told, with its entropy; resources are not")
    func denseSection() throws {
        var state: UInt64 = 7
        let noise = (0..<20_000).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        var program = ProgramBytes()
        program.sections = [(".text", [UInt8](repeating: 0x90, count: 20_000)), (".rsrc", noise)]
        #expect(try self.inspect(program.bytes, "game.exe").denseSection == nil)
        program.sections.append((".data", noise))
        let dense = try #require(try self.inspect(program.bytes, "game.exe").denseSection)
        #expect(dense.name == ".data")
        #expect(dense.entropy > 7.9 && dense.entropy <= 8)
    }

    @Test("the signer is the name in the certificate that the signature points to")
    func signer() throws {
        var program = ProgramBytes()
        program.signature = SignatureBytes.signedData(
            certificates: [("Root Authority", 1), ("Good Games LLC", 2)], signer: 2)
        #expect(try self.inspect(program.bytes, "game.exe").signer == "Good Games LLC")
        #expect(try self.inspect(ProgramBytes().bytes, "game.exe").signer == nil)
    }

    @Test("entropy is that of the textbook")
    func entropy() {
        #expect(ByteEntropy.bits(of: []) == 0)
        #expect(ByteEntropy.bits(of: [5, 5, 5]) == 0)
        #expect(abs(ByteEntropy.bits(of: [0, 1, 0, 1]) - 1) < 1e-6)
        #expect(abs(ByteEntropy.bits(of: Array(0...255)) - 8) < 1e-6)
        #expect(abs(ByteEntropy.bits(of: [0, 0, 0, 1]) - 0.811278) < 1e-5)
    }

    @Test("no bytes, however they are broken, make it crash")
    func broken() throws {
        var program = ProgramBytes()
        program.sections = [("UPX0", [UInt8](repeating: 3, count: 5000))]
        program.signature = SignatureBytes.signedData(certificates: [("Good Games LLC", 2)], signer: 2)
        let whole = program.bytes
        var state: UInt64 = 99
        for round in 0..<FuzzRounds.count(4000) {
            var bytes = whole
            for _ in 0..<(round % 6 + 1) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let headers = round.isMultiple(of: 2) ? min(bytes.count, 512) : bytes.count
                bytes[Int(state >> 33) % headers] = UInt8(truncatingIfNeeded: state >> 20)
            }
            if round.isMultiple(of: 3) { bytes.removeLast(Int(state >> 40) % bytes.count) }
            _ = try self.inspect(bytes, "game.exe")
        }
    }
}
