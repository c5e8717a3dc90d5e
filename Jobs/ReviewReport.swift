import FoundationEssentials

/// What a version brings that the last one did not have, as it is kept and shown.
struct ReviewReport: Codable, Equatable, Sendable {
    struct Count: Codable, Equatable, Sendable {
        var added = 0
        var changed = 0
    }

    struct DenseSection: Codable, Equatable, Sendable {
        let name: String
        let entropy: Double
    }

    struct Finding: Codable, Equatable, Sendable {
        let path: String
        let change: ChangeReview.Change
        let kind: String
        let packer: String?
        let denseSection: DenseSection?
        let signer: String?
        let signerBefore: String?
        let signerChanged: Bool
        let disguised: Bool

        private enum CodingKeys: String, CodingKey {
            case path, change, kind, packer, signer, disguised
            case denseSection = "dense_section"
            case signerBefore = "signer_before"
            case signerChanged = "signer_changed"
        }
    }

    var filesAdded = 0
    var filesChanged = 0
    /// Of both.
    var bytes: Int64 = 0
    /// By kind of file.
    var kinds: [String: Count] = [:]
    /// Files that a player's machine may run, what deserves a look first; not all when they are many.
    var findings: [Finding] = []
    var findingsTotal = 0
    /// Path by path, whom signed executables name: what the next version is compared with.
    var signers: [String: String] = [:]

    private enum CodingKeys: String, CodingKey {
        case bytes, kinds, findings, signers
        case filesAdded = "files_added"
        case filesChanged = "files_changed"
        case findingsTotal = "findings_total"
    }
}

extension ReviewReport {
    init(json: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
