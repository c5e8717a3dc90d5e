/// Writes small 7z archives byte by byte: one folder of one file, headers unpacked.
struct SevenZipBytes {
    var name: [UInt16] = Array("a.txt".utf16)
    var content: [UInt8] = Array("hello".utf8)
    var method: [UInt8] = [0]
    var checksum: UInt32?
    var files = 1
    var attributes: UInt32?

    var bytes: [UInt8] { Self.wrap(header: self.header, content: self.content) }

    var header: [UInt8] {
        let size = UInt8(self.content.count)
        // Packed streams: at 0, one, of this size.
        var header: [UInt8] = [0x01, 0x04, 0x06, 0, 1, 0x09, size, 0]
        // Folders: one, of one coder, with this size and checksum.
        header += [0x07, 0x0B, 1, 0, 1, UInt8(self.method.count)] + self.method + [0x0C, size]
        header += [0x0A, 1] + little(Int(self.checksum ?? crc(self.content)), 4) + [0, 0x08, 0, 0]
        // Files: names in UTF-16.
        header += [0x05, UInt8(self.files), 0x11, UInt8(2 * self.name.count + 3), 0]
        for unit in self.name + [0] { header += little(Int(unit), 2) }
        if let attributes = self.attributes { header += [0x15, 6, 1, 0] + little(Int(attributes), 4) }
        return header + [0, 0]
    }

    static func wrap(header: [UInt8], content: [UInt8]) -> [UInt8] {
        let start = little(content.count, 8) + little(header.count, 8) + little(Int(crc(header)), 4)
        return [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4] + little(Int(crc(start)), 4) + start + content + header
    }

    func with(_ change: (inout SevenZipBytes) -> Void) -> SevenZipBytes {
        var archive = self
        change(&archive)
        return archive
    }
}
