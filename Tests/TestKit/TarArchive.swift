/// A tar (POSIX ustar) of plain files.
public struct TarArchive {
    public var files: [(path: String, bytes: [UInt8])]

    public init(files: [(path: String, bytes: [UInt8])]) { self.files = files }

    public var bytes: [UInt8] {
        self.files.flatMap { file in
            let padding = [UInt8](repeating: 0, count: (512 - file.bytes.count % 512) % 512)
            return Self.header(file.path, size: file.bytes.count) + file.bytes + padding
        } + [UInt8](repeating: 0, count: 1024)
    }

    private static func header(_ path: String, size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(path, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(String(String(size + (1 << 33), radix: 8).suffix(11)), at: 124)
        put("00000000000", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(String(String(sum + (1 << 18), radix: 8).suffix(6)) + "\u{0} ", at: 148)
        return header
    }
}
