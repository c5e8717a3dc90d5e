/// Reads JSON texts strictly (RFC 8259): UTF-8 only, no name twice, no half characters, bounded depth.
///
/// Two readers never see two different values in the same text (RFC 8725 §2.4 asks this for tokens; we want it everywhere).
public struct JSONParser: ~Copyable {
    /// Arrays and objects inside each other, at most.
    public static let maximumDepth = 64

    /// Characters of a number with an exponent, at most; PostgreSQL gives it back written out, with 310 more.
    private static let longestScaledNumber = 600
    private static let longestNumber = 1000

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        parser.skipSpace()
        guard parser.position < bytes.count else { throw JSONError(.empty, at: parser.position) }
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw JSONError(.trailingCharacters, at: parser.position) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch try self.peek() {
        case UInt8(ascii: "{"): return .object(try self.object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try self.array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .bool(true))
        case UInt8(ascii: "f"): return try self.word("false", .bool(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try self.number())
        default: throw JSONError(.unexpectedCharacter, at: self.position)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= Self.maximumDepth else { throw JSONError(.tooDeep(limit: Self.maximumDepth), at: self.position) }
        self.position += 1
        var members: [(String, JSONValue)] = []
        var names: Set<String> = []
        self.skipSpace()
        if try self.take(UInt8(ascii: "}")) { return JSONObject() }
        while true {
            self.skipSpace()
            let start = self.position
            guard try self.peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedCharacter, at: start) }
            let name = try self.string()
            guard names.insert(name).inserted else { throw JSONError(.duplicateName(name), at: start) }
            self.skipSpace()
            guard try self.take(UInt8(ascii: ":")) else { throw JSONError(.unexpectedCharacter, at: self.position) }
            self.skipSpace()
            members.append((name, try self.value(depth: depth)))
            self.skipSpace()
            if try self.take(UInt8(ascii: "}")) { return JSONObject(members) }
            guard try self.take(UInt8(ascii: ",")) else { throw JSONError(.unexpectedCharacter, at: self.position) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= Self.maximumDepth else { throw JSONError(.tooDeep(limit: Self.maximumDepth), at: self.position) }
        self.position += 1
        var items: [JSONValue] = []
        self.skipSpace()
        if try self.take(UInt8(ascii: "]")) { return [] }
        while true {
            self.skipSpace()
            items.append(try self.value(depth: depth))
            self.skipSpace()
            if try self.take(UInt8(ascii: "]")) { return items }
            guard try self.take(UInt8(ascii: ",")) else { throw JSONError(.unexpectedCharacter, at: self.position) }
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.description.utf8 {
            guard try self.take(byte) else { throw JSONError(.unexpectedCharacter, at: self.position) }
        }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = self.position
        _ = try self.take(UInt8(ascii: "-"))
        if try !self.take(UInt8(ascii: "0")) { try self.digits() }
        if self.position < self.bytes.count, self.bytes[self.position] == UInt8(ascii: ".") {
            self.position += 1
            try self.digits()
        }
        var exponent = 0..<0
        if self.position < self.bytes.count, self.bytes[self.position] | 0x20 == UInt8(ascii: "e") {
            self.position += 1
            let sign = try self.peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { self.position += 1 }
            let first = self.position
            try self.digits()
            exponent = first..<self.position
        }
        let power = exponent.isEmpty ? 0 : Int(String(decoding: self.bytes[exponent], as: UTF8.self)) ?? .max
        let longest = exponent.isEmpty ? Self.longestNumber : Self.longestScaledNumber
        guard self.position - start <= longest, power <= 308 else { throw JSONError(.numberOutOfRange, at: start) }
        return JSONNumber(lexeme: String(decoding: self.bytes[start..<self.position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = self.position
        while self.position < self.bytes.count,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self.bytes[self.position])
        {
            self.position += 1
        }
        guard self.position > start else {
            throw JSONError(start < self.bytes.count ? .unexpectedCharacter : .unexpectedEnd, at: start)
        }
    }

    private mutating func string() throws(JSONError) -> String {
        self.position += 1
        let start = self.position
        var text: [UInt8] = []
        while true {
            let plain = self.position
            while self.position < self.bytes.count, Self.isPlain(self.bytes[self.position]) { self.position += 1 }
            text += self.bytes[plain..<self.position]
            switch try self.peek() {
            case UInt8(ascii: "\""):
                self.position += 1
                guard let text = String(validating: text, as: UTF8.self) else { throw JSONError(.notUTF8, at: start) }
                return text
            case UInt8(ascii: "\\"):
                self.position += 1
                try self.escape(into: &text)
            default: throw JSONError(.unexpectedCharacter, at: self.position)
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let byte = try self.peek()
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(try self.escapedScalar()).utf8
        default: throw JSONError(.unexpectedCharacter, at: self.position - 1)
        }
    }

    private mutating func escapedScalar() throws(JSONError) -> Character {
        let start = self.position - 2
        let first = try self.codeUnit()
        if let scalar = Unicode.Scalar(UInt32(first)) { return Character(scalar) }
        guard UTF16.isLeadSurrogate(first), self.position + 1 < self.bytes.count,
            self.bytes[self.position] == UInt8(ascii: "\\"), self.bytes[self.position + 1] == UInt8(ascii: "u")
        else { throw JSONError(.loneSurrogate, at: start) }
        self.position += 2
        let second = try self.codeUnit()
        guard UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw JSONError(.loneSurrogate, at: start) }
        return Character(scalar)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let byte = try self.peek()
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw JSONError(.unexpectedCharacter, at: self.position)
            }
            unit = unit << 4 | UInt16(digit)
            self.position += 1
        }
        return unit
    }

    private mutating func skipSpace() {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case 0x20, 0x09, 0x0a, 0x0d: self.position += 1
            default: return
            }
        }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard self.position < self.bytes.count else { throw JSONError(.unexpectedEnd, at: self.position) }
        return self.bytes[self.position]
    }

    private mutating func take(_ byte: UInt8) throws(JSONError) -> Bool {
        guard try self.peek() == byte else { return false }
        self.position += 1
        return true
    }
}
