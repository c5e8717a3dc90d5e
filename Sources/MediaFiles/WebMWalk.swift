import Content
import Storefront

/// Walks the elements of a WebM file (RFC 8794, EBML; RFC 9559, Matroska).
struct WebMWalk<Source: ByteSource> {
    private let source: Source

    private static var maximumElements: Int { 1_000_000 }

    init(_ source: Source) { self.source = source }

    private struct Findings {
        var elements = 0
        var hasVideo = false
        var width = 0
        var height = 0
    }

    /// - Returns: the size of the last video track; nil when none says.
    func run() throws -> PixelSize? {
        var findings = Findings()
        let header = try self.element(at: 0, before: self.source.size, &findings)
        guard header.id == Element.header else { throw self.malformed(0, "the file does not begin with its header") }
        try self.checkType(header, &findings)
        let start = header.content.upperBound
        guard start < self.source.size else { throw self.malformed(start, "there is no segment") }
        let segment = try self.element(at: start, before: self.source.size, &findings)
        guard segment.id == Element.segment else { throw self.malformed(start, "there is no segment") }
        try self.walk(segment.content, in: Element.segment, &findings)
        guard segment.content.upperBound == self.source.size else {
            throw MediaFileError.trailingBytes(at: segment.content.upperBound)
        }
        guard findings.hasVideo else { throw MediaFileError.noVideoTrack }
        guard findings.width > 0, findings.height > 0 else { return nil }
        return PixelSize(width: findings.width, height: findings.height)
    }

    private func walk(_ range: Range<Int64>, in parent: UInt32, _ findings: inout Findings) throws {
        var position = range.lowerBound
        while position < range.upperBound {
            let element = try self.element(at: position, before: range.upperBound, &findings)
            switch (parent, element.id) {
            case (Element.segment, Element.tracks), (Element.tracks, Element.track), (Element.track, Element.video):
                try self.walk(element.content, in: element.id, &findings)
            case (Element.track, Element.trackType):
                if try self.number(in: element) == 1 { findings.hasVideo = true }
            case (Element.video, Element.width): findings.width = try self.number(in: element)
            case (Element.video, Element.height): findings.height = try self.number(in: element)
            default: break
            }
            position = element.content.upperBound
        }
    }

    private struct Found {
        let id: UInt32
        let content: Range<Int64>
    }

    private func element(at position: Int64, before end: Int64, _ findings: inout Findings) throws -> Found {
        findings.elements += 1
        guard findings.elements <= Self.maximumElements else {
            throw self.malformed(position, "there are too many elements")
        }
        let head = try self.source.read(Int(min(12, end - position)), at: position)
        guard let first = head.first, first.leadingZeroBitCount < 4, head.count > first.leadingZeroBitCount + 1 else {
            throw self.malformed(position, "an element has no identifier")
        }
        let idLength = first.leadingZeroBitCount + 1
        let id = head[..<idLength].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let sizeByte = head[idLength]
        let sizeLength = sizeByte.leadingZeroBitCount + 1
        guard sizeLength <= 8, head.count >= idLength + sizeLength else {
            throw self.malformed(position, "an element has no size")
        }
        let mask = UInt64(1) << UInt64(7 * sizeLength) - 1
        let size = head[idLength..<idLength + sizeLength].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & mask
        let start = position + Int64(idLength + sizeLength)
        if size == mask {
            // Unknown, as live streams write it: a segment then ends with the file; nothing else may.
            guard id == Element.segment else {
                throw self.malformed(position, "an element does not say how long it is")
            }
            return Found(id: id, content: start..<end)
        }
        guard size <= UInt64(end - start) else {
            throw self.malformed(position, "an element is longer than what it stands in")
        }
        return Found(id: id, content: start..<start + Int64(size))
    }

    private func checkType(_ header: Found, _ findings: inout Findings) throws {
        var position = header.content.lowerBound
        while position < header.content.upperBound {
            let element = try self.element(at: position, before: header.content.upperBound, &findings)
            if element.id == Element.documentType {
                let type = try self.source.read(
                    Int(min(16, Int64(element.content.count))), at: element.content.lowerBound)
                guard type.prefix(while: { $0 != 0 }).elementsEqual("webm".utf8) else {
                    throw self.malformed(position, "the document is of another type than webm")
                }
                return
            }
            position = element.content.upperBound
        }
        throw self.malformed(0, "the document does not say its type")
    }

    private func number(in element: Found) throws -> Int {
        guard (1...4).contains(element.content.count) else {
            throw self.malformed(element.content.lowerBound, "a number has another length than 1 to 4")
        }
        let bytes = try self.source.read(element.content.count, at: element.content.lowerBound)
        return bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    private func malformed(_ position: Int64, _ reason: String) -> MediaFileError {
        .malformed(.webm, at: position, reason: reason)
    }
}

/// Identifiers of the elements that are looked into.
private enum Element {
    static let header: UInt32 = 0x1a45_dfa3
    static let documentType: UInt32 = 0x4282
    static let segment: UInt32 = 0x1853_8067
    static let tracks: UInt32 = 0x1654_ae6b
    static let track: UInt32 = 0xae
    static let trackType: UInt32 = 0x83
    static let video: UInt32 = 0xe0
    static let width: UInt32 = 0xb0
    static let height: UInt32 = 0xba
}
