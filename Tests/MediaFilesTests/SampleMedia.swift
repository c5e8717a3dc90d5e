/// Media files made by hand, piece by piece, so that a test can put any piece in.
enum SampleMedia {
    // MARK: PNG

    static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return big(UInt32(data.count)) + body + big(crc(body))
    }

    static func header(_ width: UInt32, _ height: UInt32) -> [UInt8] {
        chunk("IHDR", big(width) + big(height) + [8, 2, 0, 0, 0])
    }

    static func png(width: UInt32 = 64, height: UInt32 = 48, extra: [UInt8] = [], tail: [UInt8] = []) -> [UInt8] {
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + header(width, height) + extra
            + chunk("IDAT", [0x78, 0x9c, 3, 0, 0, 0, 0, 1]) + chunk("IEND", []) + tail
    }

    // MARK: JPEG

    static func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
        [0xff, marker, UInt8((data.count + 2) >> 8), UInt8((data.count + 2) & 0xff)] + data
    }

    static func jpeg(width: UInt16 = 64, height: UInt16 = 48, extra: [UInt8] = [], tail: [UInt8] = []) -> [UInt8] {
        let frame: [UInt8] =
            [8, UInt8(height >> 8), UInt8(height & 0xff), UInt8(width >> 8), UInt8(width & 0xff), 1, 1, 0x11, 0]
        return [0xff, 0xd8] + segment(0xe0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]) + extra
            + segment(0xdb, [0] + [UInt8](repeating: 1, count: 64)) + segment(0xc0, frame)
            + segment(0xda, [1, 1, 0, 0, 63, 0]) + [1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4, 5] + [0xff, 0xd9] + tail
    }

    // MARK: WebP

    static func riff(_ name: String, _ data: [UInt8]) -> [UInt8] {
        Array(name.utf8) + little(UInt32(data.count)) + data + (data.count % 2 == 1 ? [0] : [])
    }

    static func webp(width: UInt32 = 64, height: UInt32 = 48, flags: UInt8 = 0x2c, extra: [UInt8] = []) -> [UInt8] {
        let canvas = riff(
            "VP8X", [flags, 0, 0, 0] + little(width - 1).prefix(3) + little(height - 1).prefix(3))
        let content = canvas + riff("VP8L", [0x2f, 63, 0xc0, 11, 0, 7, 7]) + extra
        return Array("RIFF".utf8) + little(UInt32(content.count + 4)) + Array("WEBP".utf8) + content
    }

    // MARK: MP4

    static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        big(UInt32(content.count + 8)) + Array(name.utf8) + content
    }

    static func mp4(brand: String = "isom", handler: String = "vide", width: UInt32 = 640, tail: [UInt8] = [])
        -> [UInt8]
    {
        let track = box("tkhd", [UInt8](repeating: 0, count: 76) + big(width << 16) + big(360 << 16))
        let media = box("mdia", box("hdlr", [UInt8](repeating: 0, count: 8) + Array(handler.utf8) + [0, 0, 0, 0]))
        return box("ftyp", Array(brand.utf8) + [0, 0, 2, 0] + Array(brand.utf8))
            + box("moov", box("mvhd", [UInt8](repeating: 0, count: 100)) + box("trak", track + media))
            + box("mdat", [UInt8](repeating: 7, count: 500)) + tail
    }

    // MARK: WebM

    static func element(_ id: [UInt8], _ content: [UInt8]) -> [UInt8] {
        id + [0x10 | UInt8(content.count >> 24), UInt8(content.count >> 16 & 0xff)]
            + [UInt8(content.count >> 8 & 0xff), UInt8(content.count & 0xff)] + content
    }

    static func webm(type: String = "webm", track: UInt8 = 1, tail: [UInt8] = []) -> [UInt8] {
        let video = element([0xe0], element([0xb0], [0x02, 0x80]) + element([0xba], [0x01, 0x68]))
        let tracks = element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x83], [track]) + video))
        let cluster = element([0x1f, 0x43, 0xb6, 0x75], [UInt8](repeating: 9, count: 300))
        return element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], Array(type.utf8)))
            + element([0x18, 0x53, 0x80, 0x67], tracks + cluster) + tail
    }

    static func big(_ value: UInt32) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func little(_ value: UInt32) -> [UInt8] { big(value).reversed() }

    /// The long way, without a table.
    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
        }
        return value ^ .max
    }
}
