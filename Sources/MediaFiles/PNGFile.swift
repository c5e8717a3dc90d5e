import Storefront

/// PNG as a list of chunks (W3C, Portable Network Graphics, third edition, §5).
enum PNGFile {
    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// What decides how the pixels look; everything else goes, animation included.
    private static let kept: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT", "bKGD", "pHYs",
    ]

    static func cleaned(
        _ bytes: [UInt8], limits: PixelLimits
    ) throws(MediaFileError) -> ([UInt8], PixelSize) {
        var output = Self.signature
        output.reserveCapacity(bytes.count)
        var size: PixelSize?
        var (hasData, isEnded) = (false, false)
        var position = Self.signature.count
        while !isEnded {
            let chunk = try self.chunk(of: bytes, at: position)
            switch chunk.type {
            case "IHDR":
                guard size == nil, position == Self.signature.count else {
                    throw self.malformed(position, "IHDR stands elsewhere than first")
                }
                let found = try self.size(in: bytes, of: chunk, at: position)
                try limits.check(found)
                size = found
            case "IDAT": hasData = true
            case "IEND": isEnded = true
            default:
                // Bit 5 of the first letter says whether a decoder may leave the chunk out (§5.4).
                guard self.kept.contains(chunk.type) || bytes[position + 4] & 0x20 != 0 else {
                    throw self.malformed(position, "the critical chunk \(chunk.type) is unknown")
                }
            }
            guard size != nil else { throw self.malformed(position, "IHDR does not stand first") }
            if self.kept.contains(chunk.type) { output += bytes[position..<chunk.end] }
            position = chunk.end
        }
        guard let size, hasData else { throw self.malformed(position, "there are no pixels") }
        return (output, size)
    }

    private struct Chunk {
        let type: String
        let data: Range<Int>
        /// Behind the check sum.
        let end: Int
    }

    private static func chunk(of bytes: [UInt8], at position: Int) throws(MediaFileError) -> Chunk {
        guard bytes.count - position >= 12 else { throw self.malformed(position, "the file ends in a chunk") }
        let length = Int(BigEndian.uint32(bytes, at: position))
        guard length <= bytes.count - position - 12 else {
            throw self.malformed(position, "a chunk is longer than the file")
        }
        let name = bytes[position + 4..<position + 8]
        guard name.allSatisfy({ (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }) else {
            throw self.malformed(position, "a chunk's name has other characters than letters")
        }
        let end = position + 12 + length
        guard CRC32.of(bytes[position + 4..<end - 4]) == BigEndian.uint32(bytes, at: end - 4) else {
            throw self.malformed(position, "a check sum is wrong")
        }
        return Chunk(type: String(decoding: name, as: UTF8.self), data: position + 8..<end - 4, end: end)
    }

    private static func size(in bytes: [UInt8], of header: Chunk, at position: Int) throws(MediaFileError) -> PixelSize
    {
        guard header.data.count == 13 else { throw self.malformed(position, "IHDR has another length than 13") }
        let start = header.data.lowerBound
        let depths: [UInt8: Set<UInt8>] = [
            0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
        ]
        guard depths[bytes[start + 9]]?.contains(bytes[start + 8]) == true, bytes[start + 10] == 0,
            bytes[start + 11] == 0, bytes[start + 12] <= 1
        else { throw self.malformed(position, "IHDR describes no picture that PNG knows") }
        return PixelSize(
            width: Int(BigEndian.uint32(bytes, at: start)), height: Int(BigEndian.uint32(bytes, at: start + 4)))
    }

    private static func malformed(_ position: Int, _ reason: String) -> MediaFileError {
        .malformed(.png, at: Int64(position), reason: reason)
    }
}

/// The check sum of PNG chunks (ISO 3309; polynomial 0xEDB88320, reflected).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { (index: UInt32) in
        (0..<8).reduce(index) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
    }

    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes { value = Self.table[Int((value ^ UInt32(byte)) & 0xff)] ^ value >> 8 }
        return value ^ .max
    }
}
