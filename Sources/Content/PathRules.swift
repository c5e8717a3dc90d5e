/// What makes a path fit for a build on Windows, macOS and Linux alike.
///
/// Names: Microsoft, "Naming Files, Paths, and Namespaces". Directional characters: Unicode TR 36 §2.1, and
/// CVE-2021-42574. Pure functions over UTF-8; linear in the length of the path.
enum PathRules {
    private static let slash = UInt8(ascii: "/")
    private static let backslash = UInt8(ascii: "\\")
    private static let dot = UInt8(ascii: ".")

    /// - Returns: the first rule broken, nil when `path` may be part of a build.
    static func problem(in path: String) -> PathProblem? {
        let bytes = path.utf8Span.span
        guard !bytes.isEmpty else { return .invalid }
        if let problem = self.characterProblem(in: path, bytes) { return problem }
        guard !self.isAbsolute(bytes) else { return .absolute }
        if let problem = self.dotsProblem(in: bytes) { return problem }
        return self.componentsProblem(in: bytes)
    }

    /// - Returns: the first rule that one component of a path breaks. `..` and `.` count as broken.
    static func problem(inComponent component: Substring) -> PathProblem? {
        let text = String(component)
        guard !text.utf8.contains(self.slash) else { return .invalid }
        return self.problem(in: text)
    }

    /// Whether a path starts outside of the tree on any system.
    static func isAbsolute(_ bytes: borrowing Span<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return false }
        if bytes[0] == self.slash || bytes[0] == self.backslash { return true }
        guard bytes.count > 1, bytes[1] == UInt8(ascii: ":") else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[0] | 0x20)
    }

    /// Control and directional characters, anywhere.
    static func characterProblem(in path: String, _ bytes: borrowing Span<UInt8>) -> PathProblem? {
        var isASCII = true
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x7F { return .invalid }
            if byte >= 0x80 { isASCII = false }
        }
        if isASCII { return nil }
        for scalar in path.unicodeScalars {
            switch scalar.value {
            case 0x80...0x9F, 0x2028, 0x2029, 0xFEFF: return .invalid
            case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: return .bidirectional
            default: continue
            }
        }
        return nil
    }

    /// `..` between slashes of either kind comes before every lesser fault, because it is the one that attacks.
    private static func dotsProblem(in bytes: borrowing Span<UInt8>) -> PathProblem? {
        var start = 0
        var isBackslashed = false
        for index in 0...bytes.count {
            guard index == bytes.count || bytes[index] == self.slash || bytes[index] == self.backslash else { continue }
            if index < bytes.count, bytes[index] == self.backslash { isBackslashed = true }
            if index - start == 2, bytes[start] == self.dot, bytes[start + 1] == self.dot {
                return bytes.count == 2 ? .invalid : .traversal
            }
            start = index + 1
        }
        return isBackslashed ? .backslash : nil
    }

    private static func componentsProblem(in bytes: borrowing Span<UInt8>) -> PathProblem? {
        var depth = 1
        for index in bytes.indices where bytes[index] == self.slash { depth += 1 }
        let length = bytes.count
        if length > BuildPath.longest || depth > BuildPath.deepest {
            // Of two limits broken, name the one that is exceeded more.
            return length * BuildPath.deepest > depth * BuildPath.longest ? self.lengthProblem(in: bytes) : .tooDeep
        }

        var start = 0
        for index in 0...length where index == length || bytes[index] == self.slash {
            if let problem = self.problem(inComponent: bytes.extracting(start..<index)) { return problem }
            start = index + 1
        }
        return nil
    }

    private static func lengthProblem(in bytes: borrowing Span<UInt8>) -> PathProblem {
        for index in bytes.indices where bytes[index] == self.slash { return .tooLong }
        return .componentTooLong
    }

    private static func problem(inComponent bytes: borrowing Span<UInt8>) -> PathProblem? {
        guard !bytes.isEmpty else { return .invalid }
        if bytes.count == 1, bytes[0] == self.dot { return .invalid }
        guard bytes.count <= BuildPath.longestComponent else { return .componentTooLong }
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: ":"), UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: "|"):
                return .forbiddenCharacter
            default: continue
            }
        }
        if self.isReserved(bytes) { return .reservedName }
        let last = bytes[bytes.count - 1]
        return last == self.dot || last == UInt8(ascii: " ") ? .trailingDotOrSpace : nil
    }

    /// Windows reads the name up to the first dot, without spaces at its end.
    private static func isReserved(_ bytes: borrowing Span<UInt8>) -> Bool {
        var end = 0
        while end < bytes.count, bytes[end] != self.dot { end += 1 }
        while end > 0, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        // The shortest device name has three bytes, the longest seven.
        guard (3...7).contains(end) else { return false }
        var name: UInt64 = 0
        for index in 0..<end {
            let byte = bytes[index]
            let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            name = name << 8 | UInt64(isLower ? byte - 0x20 : byte)
        }
        return self.reserved.contains(name)
    }

    /// Device names, each packed into a word, first byte highest.
    private static let reserved: Set<UInt64> = {
        var names = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
        for port in ["COM", "LPT"] {
            // Windows takes the superscript digits of Latin-1 for digits.
            for digit in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"] { names.append(port + digit) }
        }
        return Set(names.map { $0.utf8.reduce(0) { $0 << 8 | UInt64($1) } })
    }()
}
