public import Content
import Postgres

/// Some consecutive groups of a patch in the making, which one job makes.
public struct PatchPart: Sendable {
    /// What a part has become.
    public struct Made: Equatable, Sendable {
        /// Of its object.
        public let size: Int64
        public let digest: Digest
        /// Its groups, as an index of the patch format lists them.
        public let description: [UInt8]

        public init(size: Int64, digest: Digest, description: [UInt8]) {
            self.size = size
            self.digest = digest
            self.description = description
        }
    }

    /// Its place in the patch, from 0.
    public let number: Int
    /// Numbers of its groups; none for the part that makes what the others share.
    public let groups: Range<Int>
    /// New bytes it makes.
    public let bytes: Int64
    /// Nil until it is there.
    public let made: Made?

    public init(number: Int, groups: Range<Int>, bytes: Int64) {
        self.number = number
        self.groups = groups
        self.bytes = bytes
        self.made = nil
    }

    init(_ row: Row) throws(PostgresError) {
        let number: Int32 = try row("part_no")
        let first: Int32 = try row("first_group")
        let end: Int32 = try row("end_group")
        let size: Int64? = try row("size")
        self.number = Int(number)
        self.groups = Int(first)..<Int(end)
        self.bytes = try row("bytes")
        if let size {
            let digest: [UInt8] = try row("digest")
            self.made = Made(size: size, digest: Digest(bytes: digest), description: try row("description"))
        } else {
            self.made = nil
        }
    }
}
