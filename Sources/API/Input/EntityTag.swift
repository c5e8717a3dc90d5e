import HTTPTypes
import Hummingbird

/// Names one state of one resource (RFC 9110 §8.8.3).
///
/// Strong ones only; we make no others.
struct EntityTag: Equatable, Sendable {
    /// With its quotation marks.
    let text: String

    /// - Parameter value: without quotation marks, and having none.
    init(_ value: String) { self.text = "\"\(value)\"" }

    init(revision: Int64) { self.init("r\(revision)") }
}

extension Request {
    /// Whether the client has this state already, so that 304 says all.
    func alreadyHas(_ tag: EntityTag) -> Bool {
        guard let header = self.combined(.ifNoneMatch) else { return false }
        // The weak comparison is the one for If-None-Match (§13.1.2).
        return header == "*" || Self.tags(in: header).contains { $0 == tag.text || $0 == "W/" + tag.text }
    }

    /// Checks `If-Match` against what is there.
    ///
    /// - Returns: whether there was a condition, which the write itself must then repeat.
    func checkMatch(_ tag: EntityTag) throws(HTTPProblem) -> Bool {
        guard let header = self.combined(.ifMatch), header != "*" else { return false }
        guard Self.tags(in: header).contains(tag.text) else { throw .stale(current: tag) }
        return true
    }

    private func combined(_ name: HTTPField.Name) -> String? {
        let values = self.headers[values: name]
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    private static func tags(in header: String) -> [String] {
        header.split(separator: ",").map { tag in
            String(tag.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
    }
}
