import Archives
import Content
import Testing

@Suite("Inspection")
struct InspectorTests {
    @Test("all bad entries of a zip are named, not only the first")
    func zip() throws {
        let names = ["../a", "b", "CON", "B", "c ", "good", "b", "x\\y"]
        let zip = ZipBytes(names.map { ZipBytes.Entry($0) })
        let problems = try ArchiveInspector.inspect(
            source: MemorySource(zip.bytes), limits: smallLimits, within: .seconds(30))
        #expect(
            problems.map(\.code) == [
                "path_traversal", "path_reserved_name", "case_collision", "path_trailing_dot_or_space",
                "duplicate_entry", "path_backslash",
            ])
        #expect(problems.map(\.path) == ["../a", "CON", "B", "c ", "b", "x\\y"])
        #expect(problems.map(\.offset) == [0, 2, 3, 4, 6, 7].map { Int64(zip.parts.offsets[$0]) })
    }

    @Test("all bad entries of a tar are named, compressed or not")
    func tar() throws {
        let bytes = TarBytes.make { tar in
            tar.add("../a", [1])
            tar.add("h", type: "1", link: "x")
            tar.add("sparse", Array(repeating: 1, count: 1000), type: "S")
            tar.add("good", [1])
            tar.add("p", type: "6")
            tar.add("loop", type: "2", link: "loop")
        }
        let codes = ["path_traversal", "hardlink_refused", "unsupported_entry", "device_refused", "symlink_loop"]
        #expect(try inspected(bytes) == codes)
        #expect(try inspected(deflated(bytes, isGzip: true)) == codes)
    }

    @Test("lies between directory and entries are named for each entry")
    func lies() throws {
        let zip = ZipBytes([
            ZipBytes.Entry("a").with { $0.directoryName = Array("b".utf8) }, ZipBytes.Entry("c"),
            ZipBytes.Entry("d").with { $0.directoryChecksum = 7 },
            ZipBytes.Entry("e", [1, 2]).with {
                $0.isDeflated = true; $0.directorySize = 7
            },
        ])
        #expect(try inspected(zip.bytes) == ["name_mismatch", "crc_mismatch", "size_mismatch"])
    }

    @Test("the list is bounded")
    func bounded() throws {
        let zip = ZipBytes((0..<300).map { ZipBytes.Entry("../\($0)") })
        #expect(try inspected(zip.bytes).count == ArchiveInspector.most)
        let tar = TarBytes.make { tar in for number in 0..<300 { tar.add("../\(number)") } }
        #expect(try inspected(tar).count == ArchiveInspector.most)
    }

    @Test("a problem of the whole is named after those of entries")
    func whole() throws {
        let cut = TarBytes.make {
            $0.add("../a", [1]); $0.add("b", Array(repeating: 0, count: 5000))
        }.prefix(3000)
        #expect(try inspected(Array(cut)) == ["path_traversal", "archive_truncated"])
    }

    @Test("whatever is refused while reading is found by inspection too, unless it is in the content")
    func agreement() throws {
        for hostile in HostileZips.paths + HostileZips.pairs + HostileZips.links + HostileZips.structures
            + HostileZips.limits + HostileTars.all
        {
            let found = try inspected(hostile.bytes, hostile.limits)
            #expect(found.contains(hostile.code), "\(hostile)")
        }
    }
}
