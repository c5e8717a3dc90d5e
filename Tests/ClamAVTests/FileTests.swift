import ClamAV
import Content
import Foundation
import Testing

@Suite("Files")
struct FileTests {
    @Test("a file is scanned by descriptor, whatever its name, even with none")
    func scansDescriptors() async throws {
        try await Fixture.withPool { pool, fixture in
            try fixture.write(Specimens.eicar, to: "unlinked")
            let path = fixture.directory.appending(path: "unlinked").path
            let handle = try #require(FileHandle(forReadingAtPath: path))
            try FileManager.default.removeItem(atPath: path)
            let verdict = try await pool.scan(
                .descriptor(handle.fileDescriptor, name: "gone"), size: Int64(Specimens.eicar.count),
                deadline: .seconds(60))
            #expect(verdict.isInfected)
            #expect(try handle.readToEnd() == Specimens.eicar)
        }
    }

    @Test("what is no file, or not the file described, is an error and costs no lane")
    func refusesOtherThings() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            let directory = fixture.directory.path
            try fixture.write(Specimens.text, to: "text")
            try FileManager.default.createSymbolicLink(
                atPath: "\(directory)/link", withDestinationPath: "\(directory)/text")
            let device = String(repeating: "../", count: directory.count) + "dev/null"
            let cases: [(String, ScanError)] = [
                ("absent", .unreadable(name: "\(directory)/absent", errno: ENOENT)),
                ("link", .unreadable(name: "\(directory)/link", errno: ELOOP)),
                (device, .notRegularFile(name: "\(directory)/\(device)")),
                ("", .notRegularFile(name: "\(directory)/")),
                (
                    "text",
                    .sizeMismatch(
                        name: "\(directory)/text", expected: ByteCount(Int64(1)), found: ByteCount(Specimens.text.count)
                    )
                ),
            ]
            for (name, expected) in cases {
                let error = await scanError {
                    _ = try await pool.scan(.path("\(directory)/\(name)"), size: 1, deadline: .seconds(60))
                }
                #expect(error == expected)
            }
            #expect(await pool.processes.lanes == [lane])
        }
    }

    @Test("a file that shrinks under the scan is an error")
    func noticesChange() async throws {
        try await Fixture.withPool { pool, fixture in
            let lane = try await fixture.idleLane(of: pool)
            try await fixture.whileScanning(in: pool, on: lane) { scan in
                let path = fixture.directory.appending(path: "under-way").path
                let handle = try #require(FileHandle(forWritingAtPath: path))
                try handle.truncate(atOffset: 7)
                try handle.close()
                kill(lane, SIGCONT)
                let error = await scanError { _ = try await scan.value }
                #expect(error == .changed(name: path))
            }
        }
    }
}
