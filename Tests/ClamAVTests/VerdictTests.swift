import ClamAV
import Content
import Foundation
import Testing

@Suite("Verdicts")
struct VerdictTests {
    @Test("the EICAR test file is found plain, in a zip and in a compressed tar")
    func findsEicar() async throws {
        try await Fixture.withPool { pool, fixture in
            for specimen in [Specimens.eicar, Specimens.eicarZip, Specimens.eicarTarGz] {
                let verdict = try await fixture.scan(specimen, in: pool)
                guard case .infected(let signature, _) = verdict else {
                    Issue.record("\(verdict)")
                    continue
                }
                #expect(signature.hasPrefix("Slipway.Test.EICAR"))
            }
        }
    }

    @Test("a harmless file is clean, and covered to the last byte", arguments: [0, 1, 5, 6, 4095, 4096, 4097, 700_000])
    func callsHarmlessClean(size: Int) async throws {
        try await Fixture.withPool { pool, fixture in
            let verdict = try await fixture.scan(Specimens.noise(size), in: pool)
            #expect(verdict == .clean(covered: Int64(size)))
        }
    }

    @Test("every file of clamav-testfiles is found", .enabled(if: TestFiles.exist))
    func findsTestFiles() async throws {
        try await Fixture.withPool(lanes: 2) { pool, _ in
            let paths = try TestFiles.paths()
            #expect(paths.count >= 44)
            try await withThrowingTaskGroup(of: (String, ScanVerdict).self) { group in
                for path in paths {
                    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64 ?? -1
                    group.addTask { (path, try await pool.scan(.path(path), size: size, deadline: .seconds(60))) }
                }
                for try await (path, verdict) in group { #expect(verdict.isInfected, "\(path): \(verdict)") }
            }
        }
    }

    @Test(
        "a pattern is found where libclamav by itself does not look: in sound, databases and web pages",
        arguments: ["OggS\0\u{2}", "ID3\u{4}", "SQLite format 3\0", "<html><body><!--"])
    func looksEverywhere(head: String) async throws {
        try await Fixture.withPool { pool, fixture in
            let around = Specimens.noise(100_000)
            let file = Data(head.utf8) + around + Specimens.eicar + around
            let withPattern = try await fixture.scan(file, in: pool)
            #expect(withPattern.isInfected)
            let without = try await fixture.scan(Data(head.utf8) + around, in: pool)
            #expect(without.isClean)
        }
    }

    @Test("an encrypted archive is incomplete")
    func reportsEncryption() async throws {
        try await Fixture.withPool { pool, fixture in
            let verdict = try await fixture.scan(Specimens.encryptedZip, in: pool)
            #expect(verdict.incompleteReason == .encrypted)
        }
    }

    @Test("every limit makes a file incomplete, neither clean nor infected")
    func reportsLimits() async throws {
        let cases: [(IncompleteReason, (inout ScanLimits) -> Void)] = [
            (.recursion, { $0.recursion = 3 }), (.fileCount, { $0.fileCount = 2 }),
            (.scanSize, { $0.scanSize = ByteCount(400) }),
        ]
        for (reason, limit) in cases {
            try await Fixture.withPool {
                limit(&$0.limits)
                $0.gateTime = .seconds(60)
            } _: { pool, fixture in
                let verdict = try await fixture.scan(Specimens.nestedZip, in: pool)
                #expect(verdict.incompleteReason == reason, "\(verdict)")
            }
        }
    }

    @Test("a small file that unpacks to more than a lane keeps in memory is scanned whole all the same")
    func outgrowsMemory() async throws {
        try await Fixture.withPool { pool, fixture in
            let zeros = Data(count: 40 << 20)
            let clean = try Specimens.gzip(zeros)
            #expect(clean.count < 1 << 20)
            #expect(try await fixture.scan(clean, in: pool).isClean)
            #expect(try await fixture.scan(Specimens.gzip(zeros + Specimens.eicar), in: pool).isInfected)
            // The next one is scanned in memory again.
            #expect(try await fixture.scan(Specimens.eicarZip, in: pool).isInfected)
        }
    }

    @Test("a file too large for the engine is scanned in windows, and incomplete at best")
    func scansWindows() async throws {
        try await Fixture.withPool {
            $0.limits.fileSize = .kibibytes(256)
            $0.limits.window = .kibibytes(256)
            $0.limits.overlap = .kibibytes(64)
        } _: { pool, fixture in
            var file = Specimens.noise(1_000_003)
            let clean = try await fixture.scan(file, in: pool)
            #expect(clean == .incomplete(.windows, covered: 1_000_003))
            let border = 256 << 10
            file.replaceSubrange(border - 30..<border + 38, with: Specimens.eicar)
            let atBorder = try await fixture.scan(file, in: pool)
            #expect(atBorder.isInfected)
            let atEnd = try await fixture.scan(Specimens.noise(999_999) + Specimens.eicar, in: pool)
            #expect(atEnd.isInfected)
        }
    }

    @Test("verdicts survive being written down")
    func verdictsRoundTrip() throws {
        let verdicts: [ScanVerdict] =
            [.clean(covered: 1), .infected(signature: "a", covered: 2)]
            + IncompleteReason.allCases.map { .incomplete($0, covered: 3) }
        let written = try JSONEncoder().encode(verdicts)
        #expect(try JSONDecoder().decode([ScanVerdict].self, from: written) == verdicts)
    }

    @Test("equal limits have equal names")
    func limitsHaveNames() {
        #expect(
            ScanLimits.standard.id
                == "v1-f2147483645-s17179869184-r17-n200000-t600000-w1073741824-o67108864")
    }
}

/// Debian's clamav-testfiles.
enum TestFiles {
    static let directory = "/usr/share/clamav-testfiles"
    static var exist: Bool { FileManager.default.fileExists(atPath: self.directory) }

    static func paths() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.directory).sorted().map { "\(self.directory)/\($0)" }
    }
}
