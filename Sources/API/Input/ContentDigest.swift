import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird

extension HTTPField.Name {
    static let contentDigest = HTTPField.Name("Content-Digest") ?? .contentType
}

extension Request {
    /// The SHA-256 that the sender says the body has; nil when it says none we know.
    ///
    /// `Content-Digest` (RFC 9530 §2) and `Repr-Digest` (§3) are the same here: no body comes encoded.
    ///
    /// - Throws: `HTTPProblem` 400 when a header is not one, or the two differ.
    func contentDigest() throws(HTTPProblem) -> Digest? {
        let (content, representation) = (try self.digest(in: .contentDigest), try self.reprDigest())
        if let content, let representation, content != representation {
            throw HTTPProblem(
                status: .badRequest, code: "bad-request",
                detail: "Content-Digest and Repr-Digest differ, and the body has no encoding that would explain it.")
        }
        return content ?? representation
    }

    /// The SHA-256 that the sender says this body has, where the representation is more than this body.
    ///
    /// - Throws: `HTTPProblem` 400 when the header is not one.
    func contentDigestAlone() throws(HTTPProblem) -> Digest? { try self.digest(in: .contentDigest) }

    /// The SHA-256 that the sender says the whole representation has, of which the body may be a part.
    ///
    /// - Throws: `HTTPProblem` 400 when the header is not one.
    func reprDigest() throws(HTTPProblem) -> Digest? { try self.digest(in: .reprDigest) }

    private func digest(in name: HTTPField.Name) throws(HTTPProblem) -> Digest? {
        let members = self.headers[values: name].flatMap { $0.split(separator: ",") }
        for member in members {
            let text = member.filter { $0 != " " && $0 != "\t" }
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides[0].lowercased() == "sha-256" else { continue }
            guard sides.count == 2, sides[1].hasPrefix(":"), sides[1].hasSuffix(":"), sides[1].utf8.count == 46,
                let bytes = Data(base64Encoded: String(sides[1].dropFirst().dropLast())), bytes.count == Digest.length
            else {
                throw HTTPProblem(
                    status: .badRequest, code: "bad-request",
                    detail: "\(name) must look like sha-256=:<44 characters of base 64>:.")
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
