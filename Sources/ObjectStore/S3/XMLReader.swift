/// A small pull parser for the XML that S3 servers send: elements and text.
///
/// Not a validating parser and not meant for documents of strangers' design: attributes, comments, processing instructions
/// and declarations are skipped, entities are the five of XML 1.0 and character references. Names lose their prefix.
struct XMLReader {
    enum Event: Equatable {
        case start(String)
        case text(String)
        case end(String)
    }

    enum Failure: Error, Equatable {
        /// The document broke off, or is not well-formed.
        case damaged(offset: Int)
        /// More than 64 elements are open.
        case tooDeep
    }

    private let bytes: [UInt8]
    private var position = 0
    private var open: [String] = []
    private var pendingEnd: String?

    static let maximumDepth = 64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark is no content.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { self.position = 3 }
    }

    /// - Returns: nil at the end of a complete document.
    mutating func next() throws(Failure) -> Event? {
        if let name = self.pendingEnd {
            self.pendingEnd = nil
            self.open.removeLast()
            return .end(name)
        }
        while self.position < self.bytes.count {
            if self.bytes[self.position] != UInt8(ascii: "<") {
                let text = try self.readText()
                if self.open.isEmpty {
                    guard text.allSatisfy(\.isWhitespace) else { throw .damaged(offset: self.position) }
                    continue
                }
                return .text(text)
            }
            if self.skip("<!--") {
                try self.skip(past: "-->")
            } else if self.skip("<![CDATA[") {
                let start = self.position
                try self.skip(past: "]]>")
                guard !self.open.isEmpty else { throw .damaged(offset: start) }
                return .text(String(decoding: self.bytes[start..<self.position - 3], as: UTF8.self))
            } else if self.skip("<?") {
                try self.skip(past: "?>")
            } else if self.skip("<!") {
                try self.skip(past: ">")
            } else if self.skip("</") {
                return try self.readEnd()
            } else {
                return try self.readStart()
            }
        }
        guard self.open.isEmpty else { throw .damaged(offset: self.position) }
        return nil
    }

    private mutating func readStart() throws(Failure) -> Event {
        let start = self.position
        self.position += 1
        let name = try self.readName()
        var isEmpty = false
        scanning: while true {
            guard self.position < self.bytes.count else { throw .damaged(offset: start) }
            let byte = self.bytes[self.position]
            self.position += 1
            switch byte {
            case UInt8(ascii: ">"): break scanning
            case UInt8(ascii: "/"):
                isEmpty = self.position < self.bytes.count && self.bytes[self.position] == UInt8(ascii: ">")
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                guard let end = self.bytes[self.position...].firstIndex(of: byte) else { throw .damaged(offset: start) }
                self.position = end + 1
            default: break
            }
        }
        guard self.open.count < Self.maximumDepth else { throw .tooDeep }
        self.open.append(name)
        if isEmpty { self.pendingEnd = name }
        return .start(name)
    }

    private mutating func readEnd() throws(Failure) -> Event {
        let name = try self.readName()
        let offset = self.position
        try self.skip(past: ">")
        guard self.open.last == name else { throw .damaged(offset: offset) }
        self.open.removeLast()
        return .end(name)
    }

    private mutating func readName() throws(Failure) -> String {
        let start = self.position
        while self.position < self.bytes.count, !Self.endsName(self.bytes[self.position]) { self.position += 1 }
        let name = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        guard let local = name.split(separator: ":").last, name.first != ":" else { throw .damaged(offset: start) }
        return String(local)
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
    }

    private mutating func readText() throws(Failure) -> String {
        var text: [UInt8] = []
        while self.position < self.bytes.count, self.bytes[self.position] != UInt8(ascii: "<") {
            let byte = self.bytes[self.position]
            if byte == UInt8(ascii: "&") {
                text += Array(try self.readEntity().utf8)
            } else {
                text.append(byte)
                self.position += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func readEntity() throws(Failure) -> String {
        let start = self.position
        let window = self.bytes[start..<min(start + 12, self.bytes.count)]
        guard let end = window.firstIndex(of: UInt8(ascii: ";")) else { throw .damaged(offset: start) }
        self.position = end + 1
        let name = String(decoding: self.bytes[start + 1..<end], as: UTF8.self)
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        let code =
            name.hasPrefix("#x")
            ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let scalar = code.flatMap(Unicode.Scalar.init) else { throw .damaged(offset: start) }
        return String(Character(scalar))
    }

    private mutating func skip(_ literal: StaticString) -> Bool {
        let text = Array("\(literal)".utf8)
        guard self.bytes[self.position...].starts(with: text) else { return false }
        self.position += text.count
        return true
    }

    private mutating func skip(past literal: StaticString) throws(Failure) {
        let start = self.position
        let text = Array("\(literal)".utf8)
        while self.position + text.count <= self.bytes.count {
            if self.skip(literal) { return }
            self.position += 1
        }
        throw .damaged(offset: start)
    }
}
