/// Unpacks what is packed by one coder of 7z alone, as headers are, by giving it the clothes of a file format.
struct SevenZipCoder {
    private let filter: FilteredBytes.Filter
    private let properties: [UInt8]

    /// - Throws: unsupported, for anything but LZMA and LZMA2.
    init(_ method: [UInt8], _ properties: [UInt8]) throws(ArchiveError) {
        switch (method, properties.count) {
        case ([3, 1, 1], 5): self.filter = .lzma
        case ([0x21], 1): self.filter = .xz
        default: throw .refused(ArchiveProblem(.unsupportedCompression("a 7z header packed by an unusual method")))
        }
        self.properties = properties
    }

    /// - Returns: exactly `size` bytes.
    func unpack(_ packed: [UInt8], size: Int64, budget: ExpansionBudget) throws(ArchiveError) -> [UInt8] {
        let file = self.filter == .lzma ? self.lzmaFile(packed, size) : self.xzFile(packed, size)
        let input = MemoryInput(bytes: file)
        let expansion = try FilteredBytes(input, in: 0..<input.size, filter: self.filter, budget: budget)
        return try unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, written throws(ArchiveError) in
            while written < Int(size) {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[written...]))
                let count = unsafe try expansion.read(into: rest)
                guard count > 0 else { throw SevenZipBytes.malformed }
                written += count
            }
        }
    }

    /// Properties, size, bytes (lzma-file-format.txt of XZ Utils).
    private func lzmaFile(_ packed: [UInt8], _ size: Int64) -> [UInt8] {
        // A window larger than the content is never looked back into, but would be set aside.
        let window = min(self.properties.little32(1), UInt32(clamping: max(size, 4096)))
        return [self.properties[0]] + Self.little(Int64(window), 4) + Self.little(size, 8) + packed
    }

    /// One stream of one block without a check (The .xz File Format 1.1.0).
    private func xzFile(_ packed: [UInt8], _ size: Int64) -> [UInt8] {
        let flags: [UInt8] = [0, 0]
        var file = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00] + Self.checked(flags, isAfter: true)

        let window = min(self.properties[0], Self.windowCode(for: size))
        file += Self.checked([2, 0, 0x21, 1, window, 0, 0, 0], isAfter: true)
        file += packed + [UInt8](repeating: 0, count: (4 - packed.count % 4) % 4)

        var index: [UInt8] = [0, 1] + Self.variable(Int64(12 + packed.count)) + Self.variable(size)
        index += [UInt8](repeating: 0, count: (4 - index.count % 4) % 4)
        file += Self.checked(index, isAfter: true)
        let length = Int64((index.count + 4) / 4 - 1)
        return file + Self.checked(Self.little(length, 4) + flags, isAfter: false) + Array("YZ".utf8)
    }

    /// The smallest window of LZMA2 that holds `size` bytes: 2 or 3 times a power of two.
    private static func windowCode(for size: Int64) -> UInt8 {
        var code: UInt8 = 0
        var window: Int64 = 4096
        while window < size, code < 40 {
            window += code.isMultiple(of: 2) ? window / 2 : window / 3
            code += 1
        }
        return code
    }

    /// Bytes with their checksum after or before them.
    private static func checked(_ bytes: [UInt8], isAfter: Bool) -> [UInt8] {
        let checksum = self.little(Int64(Checksum.of(bytes)), 4)
        return isAfter ? bytes + checksum : checksum + bytes
    }

    private static func little(_ value: Int64, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
    }

    /// Seven bits a byte, lowest first, the highest bit set on all but the last.
    private static func variable(_ value: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
