import Content
import Foundation
import Staging
import Testing

@Suite("Files set aside")
struct KeptFilesTests {
    @Test("a file that was ended is taken over, and everything else is gone")
    func adopts() throws {
        try withStagingArea { area, root in
            let version = VersionID(UUID())
            let build = try area.build(version)
            try build.put("a/b/whole", [1, 2, 3], mode: .executable)
            try build.put("half", [1])
            try build.put("left", [9])
            let kept = try build.setAside()
            #expect(throws: StagingError.missing("a")) { try build.get("a/b/whole") }
            #expect(try kept.adopt(path("a/b/whole"), size: 3, into: build))
            #expect(try !kept.adopt(path("half"), size: 2, into: build))
            #expect(try !kept.adopt(path("never"), size: 0, into: build))
            #expect(try !kept.adopt(path("a"), size: 4096, into: build))
            try build.put("half", [1, 2])
            try kept.remove()
            #expect(try build.get("a/b/whole") == [1, 2, 3])
            #expect(try build.open(path("a/b/whole")).mode == .executable)
            #expect(try build.get("half") == [1, 2])
            #expect(throws: StagingError.missing("left")) { try build.get("left") }
            let names = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "\(version)").path)
            #expect(names == ["files"])
        }
    }

    @Test("an attempt that still runs writes into what was set aside, and spoils nothing")
    func cutOff() throws {
        try withStagingArea { area, _ in
            let version = VersionID(UUID())
            let old = try area.build(version)
            try old.put("d/done", [1])
            var writer = try old.create(path("d/open"), mode: .regular)
            try writer.write([7].span)

            let build = try area.build(version)
            let kept = try build.setAside()
            #expect(try kept.adopt(path("d/done"), size: 1, into: build))
            try build.put("d/open", [1, 2])
            try writer.write([7, 7].span)
            writer.close()
            try old.put("d/later", [7])
            #expect(throws: StagingError.missing("later")) { try build.get("d/later") }
            try build.put("d/later", [3])
            try kept.remove()
            #expect(try build.get("d/done") == [1])
            #expect(try build.get("d/open") == [1, 2])
            #expect(try build.get("d/later") == [3])
        }
    }

    @Test("a file that was not ended is written on from where it is known to be right")
    func resumes() throws {
        try withStagingArea { area, _ in
            let build = try area.build(VersionID(UUID()))
            try build.put("d/half", [1, 2, 9])
            let kept = try build.setAside()
            for (name, size) in [("never", Int64(1)), ("d/half", 4)] {
                var isThere = false
                if let writer = try kept.resume(path(name), at: size, into: build) { isThere = writer.close() >= 0 }
                #expect(!isThere)
            }
            if var writer = try kept.resume(path("d/half"), at: 2, into: build) {
                #expect(writer.size == 2)
                try writer.write([3, 4].span)
                #expect(writer.close() == 4)
            }
            #expect(try build.get("d/half") == [1, 2, 3, 4])
        }
    }

    @Test("what two attempts left is found, the newer first")
    func several() throws {
        try withStagingArea { area, _ in
            let build = try area.build(VersionID(UUID()))
            try build.put("a", [1])
            try build.put("b", [1])
            _ = try build.setAside()
            try build.put("b", [2])
            let kept = try build.setAside()
            #expect(try kept.adopt(path("a"), size: 1, into: build))
            #expect(try kept.adopt(path("b"), size: 1, into: build))
            #expect(try build.get("a") == [1])
            #expect(try build.get("b") == [2])
            try build.wipe()
            let left = try build.setAside()
            #expect(try !left.adopt(path("a"), size: 1, into: build))
        }
    }
}
