import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird

extension HTTPField.Name {
    static let contentDigest = HTTPField.Name("Content-Digest") ?? .contentType
}

extension Request {
    /// The SHA-256 that the sender says the body has (`Content-Digest`, RFC 9530 §2); nil when it says none we know.
    ///
    /// - Throws: `HTTPProblem` 400 when the header is not one.
    func contentDigest() throws(HTTPProblem) -> Digest? {
        let members = self.headers[values: .contentDigest].flatMap { $0.split(separator: ",") }
        for member in members {
            let text = member.filter { $0 != " " && $0 != "\t" }
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides[0].lowercased() == "sha-256" else { continue }
            guard sides.count == 2, sides[1].hasPrefix(":"), sides[1].hasSuffix(":"), sides[1].utf8.count == 46,
                let bytes = Data(base64Encoded: String(sides[1].dropFirst().dropLast())), bytes.count == Digest.length
            else {
                throw HTTPProblem(
                    status: .badRequest, code: "bad-request",
                    detail: "Content-Digest must look like sha-256=:<44 characters of base 64>:.")
            }
            return Digest(bytes: Array(bytes))
        }
        return nil
    }
}

extension Digest {
    /// As `Repr-Digest` and `Content-Digest` write it.
    var structuredField: String { "sha-256=:\(Data(self.bytes).base64EncodedString()):" }
}
