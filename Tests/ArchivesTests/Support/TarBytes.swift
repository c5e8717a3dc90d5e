/// Writes tars byte by byte, right or wrong as told.
struct TarBytes {
    var bytes: [UInt8] = []

    init() {}

    /// Adds one header and its content.
    mutating func add(
        _ name: String, _ data: [UInt8] = [], type: Character = "0", link: String = "", mode: Int = 0o644,
        size: Int? = nil, prefix: String = ""
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at start: Int, _ width: Int) {
            for (index, byte) in text.utf8.prefix(width).enumerated() { block[start + index] = byte }
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        put(name, at: 0, 100)
        put(octal(mode, 7), at: 100, 8)
        put(octal(0, 7), at: 108, 8)
        put(octal(0, 7), at: 116, 8)
        put(octal(size ?? data.count, 11), at: 124, 12)
        put(octal(0, 11), at: 136, 12)
        block[156] = type.asciiValue ?? 0
        put(link, at: 157, 100)
        put("ustar\u{0}00", at: 257, 8)
        put(prefix, at: 345, 155)
        put("        ", at: 148, 8)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148, 8)
        self.bytes += block + data
        self.pad(to: 512)
    }

    mutating func addPax(_ records: [String: String], type: Character = "x") {
        var content: [UInt8] = []
        for (key, value) in records.sorted(by: { $0.key < $1.key }) {
            let rest = " \(key)=\(value)\n".utf8.count
            var length = rest + 1
            while "\(length)".count + rest != length { length += 1 }
            content += "\(length) \(key)=\(value)\n".utf8
        }
        self.add("PaxHeader", content, type: type)
    }

    /// The end every tar has, and the padding tar adds.
    var finished: [UInt8] { self.bytes + [UInt8](repeating: 0, count: 1024) }

    private mutating func pad(to block: Int) {
        while !self.bytes.count.isMultiple(of: block) { self.bytes.append(0) }
    }

    /// A finished tar.
    static func make(_ build: (inout TarBytes) -> Void) -> [UInt8] {
        var tar = TarBytes()
        build(&tar)
        return tar.finished
    }
}
