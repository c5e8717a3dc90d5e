/// Hides what looks like an account or a card in what others tell us, before it is kept anywhere.
public enum AccountMask {
    /// Digits in a row that are taken for an account; a card has as many, and no amount or time.
    private static let shortest = 16

    /// Runs of 16 digits or more keep their last four.
    public static func masked(_ text: String) -> String {
        var masked = ""
        var run = ""
        func flush() {
            masked +=
                run.utf8.count >= self.shortest
                ? String(repeating: "*", count: run.utf8.count - 4) + run.suffix(4) : run
            run = ""
        }
        for character in text.unicodeScalars {
            if ("0"..."9").contains(character) {
                run.unicodeScalars.append(character)
            } else {
                flush()
                masked.unicodeScalars.append(character)
            }
        }
        flush()
        return masked
    }

    /// The same for every text, name and number inside.
    public static func masked(_ json: JSONValue) -> JSONValue {
        switch json {
        case .null, .bool: json
        case .number(let number):
            self.masked(number.lexeme) == number.lexeme ? json : .string(self.masked(number.lexeme))
        case .string(let text): .string(self.masked(text))
        case .array(let items): .array(items.map { self.masked($0) })
        case .object(let object): .object(JSONObject(object.members.map { ($0.name, self.masked($0.value)) }))
        }
    }
}
