/// Names as Prometheus allows them.
enum PrometheusName {
    /// A metric's name: `[a-zA-Z_:][a-zA-Z0-9_:]*`, every other character made an underscore.
    static func metric(_ label: String, suffix: String = "") -> String {
        let name = self.valid(label, allowing: ":")
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// A label's name: `[a-zA-Z_][a-zA-Z0-9_]*`.
    ///
    /// `le` belongs to histograms and names beginning with two underscores to Prometheus; they get a prefix.
    static func label(_ dimension: String) -> String {
        let name = self.valid(dimension, allowing: "_")
        return name == "le" || name.hasPrefix("__") ? "exported_\(name)" : name
    }

    private static func valid(_ text: String, allowing extra: Character) -> String {
        var name = ""
        for character in text {
            let isDigit = ("0"..."9").contains(character)
            let isLetter = ("a"..."z").contains(character) || ("A"..."Z").contains(character)
            if isDigit && name.isEmpty { name.append("_") }
            name.append((isDigit || isLetter || character == extra) ? character : "_")
        }
        return name.isEmpty ? "_" : name
    }
}
