import Storefront

/// WebP as a list of RIFF chunks (RFC 9649, §2).
enum WebPFile {
    /// Pixels, transparency, animation and colour profile.
    private static let kept: Set<String> = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]

    /// Bits of VP8X that say that EXIF and XMP follow.
    private static let metadataFlags: UInt8 = 0x08 | 0x04

    static func cleaned(
        _ bytes: [UInt8], limits: PixelLimits
    ) throws(MediaFileError) -> ([UInt8], PixelSize) {
        guard bytes.count >= 20 else { throw self.malformed(0, "the file ends early") }
        let end = 8 + Int(LittleEndian.uint32(bytes, at: 4))
        guard end >= 20, end <= bytes.count else { throw self.malformed(4, "the file is shorter than it says") }
        var content: [UInt8] = []
        content.reserveCapacity(end)
        var size: PixelSize?
        var hasPixels = false
        var position = 12
        while position < end {
            guard end - position >= 8 else { throw self.malformed(position, "the file ends in a chunk") }
            let name = String(decoding: bytes[position..<position + 4], as: UTF8.self)
            let length = Int(LittleEndian.uint32(bytes, at: position + 4))
            // Chunks of odd length are followed by a byte that counts for nothing.
            let (data, next) = (position + 8, position + 8 + length + length % 2)
            guard length <= end - data, next <= end else {
                throw self.malformed(position, "a chunk is longer than the file")
            }
            if size == nil {
                let found = try self.size(of: name, bytes[data..<data + length], at: position)
                try limits.check(found)
                size = found
            }
            if self.kept.contains(name) {
                let first = content.count
                content += bytes[position..<next]
                if name == "VP8X" { content[first + 8] &= ~self.metadataFlags }
            }
            hasPixels = hasPixels || name == "VP8 " || name == "VP8L" || name == "ANMF"
            position = next
        }
        guard let size, hasPixels else { throw self.malformed(position, "there are no pixels") }
        let output =
            Array("RIFF".utf8) + LittleEndian.bytes(of: UInt32(content.count + 4)) + Array("WEBP".utf8) + content
        return (output, size)
    }

    /// What the first chunk says; of an animation, the canvas.
    private static func size(
        of name: String, _ slice: ArraySlice<UInt8>, at position: Int
    ) throws(MediaFileError) -> PixelSize {
        let data = Array(slice.prefix(10))
        guard data.count == 10 || name == "VP8L" && data.count >= 5 else {
            throw self.malformed(position, "the first chunk is too short")
        }
        switch name {
        case "VP8X":
            return PixelSize(
                width: Int(LittleEndian.uint24(data, at: 4)) + 1, height: Int(LittleEndian.uint24(data, at: 7)) + 1)
        case "VP8 ":
            guard data[0] & 1 == 0, data[3] == 0x9d, data[4] == 0x01, data[5] == 0x2a else {
                throw self.malformed(position, "the picture begins with no key frame")
            }
            return PixelSize(
                width: Int(data[6]) | Int(data[7] & 0x3f) << 8, height: Int(data[8]) | Int(data[9] & 0x3f) << 8)
        case "VP8L":
            guard data[0] == 0x2f else { throw self.malformed(position, "the signature of VP8L is missing") }
            let bits = LittleEndian.uint32(data, at: 1)
            return PixelSize(width: Int(bits & 0x3fff) + 1, height: Int(bits >> 14 & 0x3fff) + 1)
        default: throw self.malformed(position, "the first chunk is \(name.debugDescription)")
        }
    }

    private static func malformed(_ position: Int, _ reason: String) -> MediaFileError {
        .malformed(.webp, at: Int64(position), reason: reason)
    }
}
