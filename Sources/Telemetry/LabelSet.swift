/// The labels of one series, valid, unique and in order.
struct LabelSet: Hashable, Sendable {
    /// The labels of the series that stands for all those beyond the limit.
    static let overflow = LabelSet([("overflow", "true")])

    let pairs: [Pair]

    struct Pair: Hashable, Sendable {
        let name: String
        let value: String
    }

    /// - Parameter dimensions: in any order; of a name given twice the last value counts.
    init(_ dimensions: [(String, String)]) {
        var values: [String: String] = [:]
        for (name, value) in dimensions { values[PrometheusName.label(name)] = value }
        self.pairs = values.sorted { $0.key < $1.key }.map { Pair(name: $0.key, value: $0.value) }
    }

    /// Orders series in the output.
    func precedes(_ other: LabelSet) -> Bool {
        self.pairs.lexicographicallyPrecedes(other.pairs) { ($0.name, $0.value) < ($1.name, $1.value) }
    }

    /// As in `{method="GET",status="200"}`; empty without labels.
    func text(with extra: Pair? = nil) -> String {
        let pairs = self.pairs + (extra.map { [$0] } ?? [])
        guard !pairs.isEmpty else { return "" }
        return "{" + pairs.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
