import Content
import Storefront

/// Walks the boxes of an MP4 file (ISO/IEC 14496-12, §4.2).
struct MP4Walk<Source: ByteSource> {
    private let source: Source

    /// Boxes in a file, at most; films of hours have hundreds, fragmented ones thousands.
    private static var maximumBoxes: Int { 100_000 }
    /// Boxes that only hold others, down to a track's handler.
    private static var parents: Set<String> { ["moov", "trak", "mdia"] }
    /// What the first box may call itself.
    private static var brands: Set<String> {
        [
            "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso8", "iso9", "mp41", "mp42", "avc1", "dash", "M4V ",
            "MSNV",
        ]
    }

    init(_ source: Source) { self.source = source }

    private struct Findings {
        var boxes = 0
        var hasMovie = false
        var hasVideo = false
        var size: PixelSize?
    }

    /// - Returns: the size of the largest track; nil when none says.
    func run() throws -> PixelSize? {
        var findings = Findings()
        try self.walk(0..<self.source.size, depth: 0, &findings)
        guard findings.hasMovie else { throw self.malformed(0, "there is no moov box") }
        guard findings.hasVideo else { throw MediaFileError.noVideoTrack }
        return findings.size
    }

    private func walk(_ range: Range<Int64>, depth: Int, _ findings: inout Findings) throws {
        var position = range.lowerBound
        while position < range.upperBound {
            findings.boxes += 1
            guard findings.boxes <= Self.maximumBoxes else {
                throw self.malformed(position, "there are too many boxes")
            }
            let box = try self.box(at: position, before: range.upperBound)
            if depth == 0, position == 0 { try self.checkBrand(box) }
            switch box.name {
            case "moov" where depth == 0: findings.hasMovie = true
            case "tkhd": try self.readTrack(box, &findings)
            case "hdlr" where depth == 3:
                let handler = try self.read(box, at: 8, 4)
                if handler.elementsEqual("vide".utf8) { findings.hasVideo = true }
            default: break
            }
            if Self.parents.contains(box.name), depth < 3 { try self.walk(box.content, depth: depth + 1, &findings) }
            position = box.content.upperBound
        }
    }

    private struct Box {
        let name: String
        let content: Range<Int64>
    }

    private func box(at position: Int64, before end: Int64) throws -> Box {
        guard end - position >= 8 else {
            if position > 0, end == self.source.size { throw MediaFileError.trailingBytes(at: position) }
            throw self.malformed(position, "a box is shorter than its header")
        }
        let header = try self.source.read(8, at: position)
        let name = header[4..<8]
        guard name.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 0xa9 }) else {
            throw position == 0 || end != self.source.size
                ? self.malformed(position, "a box has no name") : MediaFileError.trailingBytes(at: position)
        }
        var start = position + 8
        var size = Int64(BigEndian.uint32(header, at: 0))
        if size == 1 {
            guard end - position >= 16 else { throw self.malformed(position, "a box is shorter than its header") }
            let long = BigEndian.uint64(try self.source.read(8, at: start), at: 0)
            guard let exact = Int64(exactly: long) else {
                throw self.malformed(position, "a box is longer than the file")
            }
            (size, start) = (exact, start + 8)
        } else if size == 0 {
            // To the end of the file; only the last box may say so.
            guard end == self.source.size else { throw self.malformed(position, "a box inside has no end") }
            size = end - position
        }
        guard size >= start - position, size <= end - position else {
            throw self.malformed(position, "a box is longer than what it stands in")
        }
        return Box(name: String(decoding: name, as: UTF8.self), content: start..<position + size)
    }

    private func checkBrand(_ box: Box) throws {
        guard box.name == "ftyp", box.content.count >= 8, box.content.count <= 1024 else {
            throw self.malformed(0, "the file does not begin with its type")
        }
        let bytes = try self.read(box, at: 0, box.content.count)
        let names = stride(from: 0, to: bytes.count - 3, by: 4).filter { $0 != 4 }
            .map { String(decoding: bytes[$0..<$0 + 4], as: UTF8.self) }
        guard names.contains(where: Self.brands.contains) else {
            throw self.malformed(0, "the file is of the brand \(names.first?.debugDescription ?? "none")")
        }
    }

    /// Width and height are the last eight bytes, in 16.16 fixed point (§8.3.2).
    private func readTrack(_ box: Box, _ findings: inout Findings) throws {
        guard box.content.count >= 84, box.content.count <= 1024 else {
            throw self.malformed(box.content.lowerBound, "a track header has another length")
        }
        let bytes = try self.read(box, at: box.content.count - 8, 8)
        let size = PixelSize(
            width: Int(BigEndian.uint32(bytes, at: 0) >> 16), height: Int(BigEndian.uint32(bytes, at: 4) >> 16))
        guard size.width > 0, size.height > 0 else { return }
        if size.width * size.height > (findings.size.map { $0.width * $0.height } ?? 0) { findings.size = size }
    }

    private func read(_ box: Box, at offset: Int, _ count: Int) throws -> [UInt8] {
        guard offset + count <= box.content.count else {
            throw self.malformed(box.content.lowerBound, "the box \(box.name) is too short")
        }
        return try self.source.read(count, at: box.content.lowerBound + Int64(offset))
    }

    private func malformed(_ position: Int64, _ reason: String) -> MediaFileError {
        .malformed(.mp4, at: position, reason: reason)
    }
}
