/// A pattern for paths: `*`, `?` and `[…]` within a name, `**` across names, `\` before what is meant literally.
///
/// Matched by following all possibilities at once, so that no pattern takes longer than its length times the path's.
struct Glob: Equatable, Sendable {
    private enum Token: Equatable, Sendable {
        case literal(Unicode.Scalar)
        /// `?`: one character of a name.
        case any
        /// `*`: any number of characters of a name.
        case star
        /// `[…]`.
        case set([ClosedRange<UInt32>], isNegated: Bool)
        /// `**/`: any number of folders.
        case folders
        /// `/**` at the end: everything inside.
        case inside
    }

    private let tokens: [Token]

    init(_ pattern: String) { self.tokens = Self.parse(Array(pattern.unicodeScalars)) }

    func matches(_ path: String) -> Bool {
        // What the pattern may be about to read; a `folders` token is left only where a name begins.
        var ahead = Set<Int>()
        var passing = Set<Int>()
        self.enter(0, &ahead)
        for scalar in path.unicodeScalars {
            var next = Set<Int>()
            var stillPassing = Set<Int>()
            for index in ahead where index < self.tokens.count {
                switch self.tokens[index] {
                case .literal(let literal): if literal == scalar { self.enter(index + 1, &next) }
                case .any: if scalar != "/" { self.enter(index + 1, &next) }
                case .set(let ranges, let isNegated):
                    if scalar != "/", ranges.contains(where: { $0.contains(scalar.value) }) != isNegated {
                        self.enter(index + 1, &next)
                    }
                case .star: if scalar != "/" { self.enter(index, &next) }
                case .folders: if scalar != "/" { stillPassing.insert(index) }
                case .inside:
                    next.insert(index)
                    next.insert(index + 1)
                }
            }
            for index in passing {
                if scalar == "/" { self.enter(index, &next) } else { stillPassing.insert(index) }
            }
            ahead = next
            passing = stillPassing
            if ahead.isEmpty, passing.isEmpty { return false }
        }
        return ahead.contains(self.tokens.count)
    }

    /// Adds a place, and those that are reached from it without reading.
    private func enter(_ index: Int, _ places: inout Set<Int>) {
        guard places.insert(index).inserted, index < self.tokens.count else { return }
        switch self.tokens[index] {
        case .star, .folders: self.enter(index + 1, &places)
        default: break
        }
    }

    private static func parse(_ text: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < text.count {
            let scalar = text[index]
            let isAtName = index == 0 || text[index - 1] == "/"
            switch scalar {
            case "*":
                var end = index
                while end < text.count, text[end] == "*" { end += 1 }
                let isDouble = end - index == 2 && isAtName
                if isDouble, end == text.count {
                    tokens.append(.inside)
                } else if isDouble, text[end] == "/" {
                    tokens.append(.folders)
                    end += 1
                } else {
                    tokens.append(.star)
                }
                index = end
            case "?":
                tokens.append(.any)
                index += 1
            case "[":
                if let (token, end) = Self.set(in: text, at: index) {
                    tokens.append(token)
                    index = end
                } else {
                    tokens.append(.literal(scalar))
                    index += 1
                }
            case "\\" where index + 1 < text.count:
                tokens.append(.literal(text[index + 1]))
                index += 2
            default:
                tokens.append(.literal(scalar))
                index += 1
            }
        }
        return tokens
    }

    /// - Returns: nil when the bracket is never closed.
    private static func set(in text: [Unicode.Scalar], at start: Int) -> (Token, end: Int)? {
        var index = start + 1
        let isNegated = index < text.count && (text[index] == "!" || text[index] == "^")
        if isNegated { index += 1 }
        var ranges: [ClosedRange<UInt32>] = []
        let first = index
        while index < text.count {
            if text[index] == "]", index > first { return (.set(ranges, isNegated: isNegated), index + 1) }
            if text[index] == "\\", index + 1 < text.count { index += 1 }
            let low = text[index].value
            if index + 2 < text.count, text[index + 1] == "-", text[index + 2] != "]" {
                let high = text[index + 2].value
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return nil
    }
}
