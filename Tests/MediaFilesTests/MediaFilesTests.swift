import Content
import MediaFiles
import Storefront
import Testing

@Suite("Media files")
struct MediaFilesTests {
    private static func clean(
        _ bytes: [UInt8], _ format: MediaFormat, limits: PixelLimits = PixelLimits()
    ) throws(MediaFileError) -> CleanImage {
        try CleanImage(bytes, expected: format, limits: limits)
    }

    private static func contains(_ text: String, in bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(text)
    }

    static let secret = "GPS 55.7558 N 37.6173 E"

    static let withSecrets: [(MediaFormat, [UInt8])] = [
        (
            .png,
            SampleMedia.png(
                extra: SampleMedia.chunk("gAMA", [0, 0, 0, 1]) + SampleMedia.chunk("tEXt", Array(secret.utf8))
                    + SampleMedia.chunk("eXIf", Array(secret.utf8)) + SampleMedia.chunk("zzZz", Array(secret.utf8)),
                tail: Array("<script>\(secret)</script>".utf8))
        ),
        (
            .jpeg,
            SampleMedia.jpeg(
                extra: SampleMedia.segment(0xe1, Array("Exif\0\0\(secret)".utf8))
                    + SampleMedia.segment(0xe2, Array("ICC_PROFILE\0colours".utf8))
                    + SampleMedia.segment(0xfe, Array(secret.utf8)) + [0xff, 0xff]
                    + SampleMedia.segment(0xed, Array(secret.utf8)),
                tail: Array("<script>\(secret)</script>".utf8))
        ),
        (
            .webp,
            SampleMedia.webp(
                extra: SampleMedia.riff("EXIF", Array(secret.utf8)) + SampleMedia.riff("XMP ", Array(secret.utf8))
                    + SampleMedia.riff("ICCP", Array("colours".utf8)))
                + Array("<script>\(secret)</script>".utf8)
        ),
    ]

    @Test(
        "MD-2: EXIF, text, comments and what stands behind the end are gone; pixels and colours stay",
        arguments: withSecrets)
    func metadata(format: MediaFormat, bytes: [UInt8]) throws {
        #expect(Self.contains(Self.secret, in: bytes))
        let image = try Self.clean(bytes, format)
        #expect(!Self.contains("GPS", in: image.bytes) && !Self.contains("script", in: image.bytes))
        #expect(!Self.contains("Exif", in: image.bytes) && !Self.contains("XMP", in: image.bytes))
        #expect(image.size == PixelSize(width: 64, height: 48) && image.format == format)
        if format != .png { #expect(Self.contains("colours", in: image.bytes)) }
        if format == .png { #expect(Self.contains("gAMA", in: image.bytes)) }
        // A clean file comes out as it is.
        #expect(try Self.clean(image.bytes, format).bytes == image.bytes)
    }

    @Test("a WebP's header no longer promises what is gone")
    func flags() throws {
        let image = try Self.clean(SampleMedia.webp(flags: 0x2c), .webp)
        #expect(image.bytes[20] == 0x20)
        #expect(Int(image.bytes[4]) + 8 == image.bytes.count)
    }

    static let bombs: [(MediaFormat, [UInt8])] = [
        (.png, SampleMedia.png(width: 1, height: 1)), (.png, SampleMedia.png(width: 0x7fff_ffff, height: 0x7fff_ffff)),
        (.png, SampleMedia.png(width: 50_000, height: 50)), (.png, SampleMedia.png(width: 16_384, height: 16_384)),
        (.png, SampleMedia.png(width: 0, height: 100)), (.jpeg, SampleMedia.jpeg(width: 65_535, height: 65_535)),
        (.jpeg, SampleMedia.jpeg(width: 64, height: 0)), (.webp, SampleMedia.webp(width: 16_777_216, height: 100)),
        (.webp, SampleMedia.webp(width: 1, height: 1)),
    ]

    @Test("MD-2: pictures of one pixel and of billions are refused by their header", arguments: bombs)
    func pixels(format: MediaFormat, bytes: [UInt8]) {
        let error = #expect(throws: MediaFileError.self) { try Self.clean(bytes, format) }
        switch error {
        case .tooManyPixels?, .tooSmall?: break
        default: Issue.record("\(String(describing: error))")
        }
    }

    static let foreign: [[UInt8]] = [
        Array("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".utf8),
        Array("GIF89a......".utf8), Array("MZ\u{90}\0".utf8), Array("#!/bin/sh\n".utf8), Array("%PDF-1.7".utf8),
        [0x7f, 0x45, 0x4c, 0x46], [], [0xff, 0xd8], Array("BM......".utf8),
    ]

    @Test("MD-2: SVG, programs, scripts and documents are nothing we take", arguments: foreign)
    func unsupported(bytes: [UInt8]) {
        #expect(MediaSniffer.format(of: Array(bytes.prefix(MediaSniffer.length))) == nil)
        for format in MediaFormat.allCases where format.isImage {
            #expect(throws: MediaFileError.unsupported) { try Self.clean(bytes, format) }
        }
    }

    @Test("a file that says it is of another kind is refused, and told what it is")
    func disguised() {
        #expect(throws: MediaFileError.otherFormat(expected: .png, found: .jpeg)) {
            try Self.clean(SampleMedia.jpeg(), .png)
        }
        #expect(throws: MediaFileError.otherFormat(expected: .webm, found: .mp4)) {
            try VideoFile(MemorySource(SampleMedia.mp4()), expected: .webm, limits: PixelLimits())
        }
        #expect(throws: MediaFileError.unsupported) {
            try VideoFile(MemorySource(SampleMedia.png()), expected: .mp4, limits: PixelLimits())
        }
    }

    @Test("PNG: a wrong check sum, an unknown critical chunk, a second header and no pixels are refused")
    func brokenPNG() {
        var flipped = SampleMedia.png()
        flipped[17] ^= 1
        let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        let broken: [[UInt8]] = [
            flipped, SampleMedia.png(extra: SampleMedia.chunk("CODE", [1])),
            SampleMedia.png(extra: SampleMedia.header(64, 48)),
            signature + SampleMedia.header(64, 48) + SampleMedia.chunk("IEND", []),
            signature + SampleMedia.chunk("tEXt", []) + SampleMedia.header(64, 48),
            signature + SampleMedia.chunk("IHDR", [0, 0, 0, 9]), signature,
        ]
        for bytes in broken {
            let error = #expect(throws: MediaFileError.self) { try Self.clean(bytes, .png) }
            guard case .malformed(.png, _, _)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    static let films: [(MediaFormat, [UInt8])] = [(.mp4, SampleMedia.mp4()), (.webm, SampleMedia.webm())]

    @Test("MD-1: a film is walked from end to end", arguments: films)
    func film(format: MediaFormat, bytes: [UInt8]) throws {
        let film = try VideoFile(MemorySource(bytes), expected: format, limits: PixelLimits())
        #expect(film.size == PixelSize(width: 640, height: 360) && film.format == format)
    }

    static let badFilms: [(MediaFormat, [UInt8])] = [
        (.mp4, SampleMedia.mp4(handler: "soun")), (.mp4, SampleMedia.mp4(brand: "heic")),
        (.mp4, SampleMedia.mp4(width: 65_535)), (.mp4, SampleMedia.mp4(tail: Array("<html>".utf8))),
        (.mp4, SampleMedia.mp4(tail: Array("PK\u{3}\u{4} another file behind".utf8))),
        (.mp4, SampleMedia.box("ftyp", Array("isom".utf8) + [0, 0, 0, 0])), (.webm, SampleMedia.webm(type: "matroska")),
        (.webm, SampleMedia.webm(track: 2)), (.webm, SampleMedia.webm(tail: Array("<html>".utf8))),
        (.webm, Array(SampleMedia.webm().dropLast(10))), (.mp4, Array(SampleMedia.mp4().dropLast(10))),
    ]

    @Test("MD-2: films without pictures, cut short, or with another file behind them are refused", arguments: badFilms)
    func badFilm(format: MediaFormat, bytes: [UInt8]) {
        #expect(throws: MediaFileError.self) {
            try VideoFile(MemorySource(bytes), expected: format, limits: PixelLimits())
        }
    }

    @Test("whatever bytes are changed or cut, the answer is a file or a reason, never a trap")
    func mutations() {
        let samples = Self.withSecrets + Self.films
        var generator = Numbers(state: 20_261_125)
        for round in 0..<4000 {
            let (format, original) = samples[round % samples.count]
            var bytes = original
            for _ in 0..<Int(generator.next() % 4) + 1 {
                let place = Int(generator.next() % UInt64(bytes.count))
                switch generator.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.removeLast(min(bytes.count - 1, Int(generator.next() % 40)))
                case 2: bytes.insert(0xff, at: place)
                default: bytes[place] = generator.next() % 2 == 0 ? 0 : 0xff
                }
            }
            if format.isImage {
                if let image = try? Self.clean(bytes, format) { #expect(image.bytes.count <= bytes.count + 16) }
            } else {
                _ = try? VideoFile(MemorySource(bytes), expected: format, limits: PixelLimits())
            }
        }
    }

    /// SplitMix64 (Steele, Lea, Flood): the same numbers in every run.
    private struct Numbers {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9e37_79b9_7f4a_7c15
            var value = self.state
            value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 31
        }
    }
}
