import Storefront

/// JPEG as a list of marker segments (ITU-T T.81, annex B).
enum JPEGFile {
    static func cleaned(
        _ bytes: [UInt8], limits: PixelLimits
    ) throws(MediaFileError) -> ([UInt8], PixelSize) {
        var output: [UInt8] = [0xff, 0xd8]
        output.reserveCapacity(bytes.count)
        var size: PixelSize?
        var hasScan = false
        var position = 2
        while true {
            let (marker, start) = try self.marker(in: bytes, at: position)
            if marker == 0xd9 { break }
            let length = try self.length(in: bytes, at: start)
            let segment = start..<start + length
            if self.isFrame(marker) {
                guard size == nil, length >= 8 else { throw self.malformed(position, "there are two frames") }
                let found = PixelSize(
                    width: Int(BigEndian.uint16(bytes, at: start + 5)),
                    height: Int(BigEndian.uint16(bytes, at: start + 3)))
                try limits.check(found)
                size = found
            }
            if self.isKept(marker, bytes, segment) { output += [0xff, marker] + bytes[segment] }
            position = segment.upperBound
            if marker == 0xda {
                guard size != nil else { throw self.malformed(position, "pixels come before their frame") }
                let end = self.endOfScan(in: bytes, from: position)
                output += bytes[position..<end]
                hasScan = true
                position = end
            }
        }
        guard let size, hasScan else { throw self.malformed(position, "there are no pixels") }
        return (output + [0xff, 0xd9], size)
    }

    /// The next marker, and where its segment begins.
    private static func marker(in bytes: [UInt8], at position: Int) throws(MediaFileError) -> (UInt8, Int) {
        var position = position
        guard position + 1 < bytes.count, bytes[position] == 0xff else {
            throw self.malformed(position, position < bytes.count ? "a marker is missing" : "the file ends early")
        }
        // Any number of fill bytes may stand before a marker (B.1.1.2).
        while position + 1 < bytes.count, bytes[position + 1] == 0xff { position += 1 }
        guard position + 1 < bytes.count else { throw self.malformed(position, "the file ends early") }
        let marker = bytes[position + 1]
        guard marker == 0xd9 || marker >= 0xc0 && !(0xd0...0xd8).contains(marker) else {
            throw self.malformed(position, "a marker stands where none may")
        }
        return (marker, position + 2)
    }

    private static func length(in bytes: [UInt8], at start: Int) throws(MediaFileError) -> Int {
        guard start + 2 <= bytes.count else { throw self.malformed(start, "the file ends early") }
        let length = Int(BigEndian.uint16(bytes, at: start))
        guard length >= 2, length <= bytes.count - start else {
            throw self.malformed(start, "a segment is longer than the file")
        }
        return length
    }

    /// Where the next marker stands behind compressed pixels: in them 0xFF is followed by 0x00 or a restart marker.
    private static func endOfScan(in bytes: [UInt8], from start: Int) -> Int {
        var position = start
        while position + 1 < bytes.count {
            if bytes[position] == 0xff, bytes[position + 1] != 0x00, !(0xd0...0xd7).contains(bytes[position + 1]),
                bytes[position + 1] != 0xff
            {
                return position
            }
            position += 1
        }
        return bytes.count
    }

    /// SOF0 to SOF15, without the tables (DHT, JPG, DAC) that stand among them.
    private static func isFrame(_ marker: UInt8) -> Bool {
        (0xc0...0xcf).contains(marker) && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
    }

    /// Frames, tables and scans, the colour profile, and Adobe's word on how colours are coded.
    private static func isKept(_ marker: UInt8, _ bytes: [UInt8], _ segment: Range<Int>) -> Bool {
        switch marker {
        case 0xe2: bytes[segment].dropFirst(2).starts(with: "ICC_PROFILE\0".utf8)
        case 0xee: bytes[segment].dropFirst(2).starts(with: "Adobe".utf8) && segment.count == 14
        case 0xe0...0xef, 0xfe: false
        default: true
        }
    }

    private static func malformed(_ position: Int, _ reason: String) -> MediaFileError {
        .malformed(.jpeg, at: Int64(position), reason: reason)
    }
}
