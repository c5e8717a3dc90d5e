public import Content
import Digests

/// One step of the schema, forward only, never edited after a release.
public struct Migration: Hashable, Sendable {
    /// Its place in the order; unique.
    public let number: Int

    /// What it does: `create_job_queue`.
    public let name: String

    /// What is run, as one transaction.
    public let sql: String

    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// - Parameter file: `NNNN_verb_object`.
    init(_ file: StaticString, _ content: [UInt8]) {
        let parts = file.description.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count == 4, let number = Int(parts[0]) else {
            preconditionFailure("a migration is called NNNN_verb_object, not \(file)")
        }
        self.init(number: number, name: String(parts[1]), sql: String(decoding: content, as: UTF8.self))
    }

    /// The file it comes from, in `Migrations/sql`.
    public var file: String {
        let digits = String(self.number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + self.name + ".sql"
    }

    /// What tells an edited migration from the one that was applied.
    public var checksum: Digest { Digest.sha256(of: Array(self.sql.utf8)) }
}
