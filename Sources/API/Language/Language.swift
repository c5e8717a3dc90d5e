/// A language that texts for people come in.
enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case russian = "ru"

    /// The one a client wants most (`Accept-Language`, RFC 9110 §12.5.4); English when it wants none of ours.
    init(accepted header: String?) {
        var best = (language: Language.english, weight: 0.0)
        for range in (header ?? "").prefix(500).split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let tag = parts.first?.split(separator: "-").first.map(String.init) else { continue }
            let language = tag == "*" ? Language.english : Language(rawValue: tag)
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            // Of equal weights the first one counts.
            if let language, weight > best.weight { best = (language, weight) }
        }
        self = best.language
    }
}
