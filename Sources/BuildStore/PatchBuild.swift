public import Content
import FoundationEssentials
import Postgres

/// A patch in the making.
public struct PatchBuild: Sendable {
    public enum State: String, Sendable {
        case planning
        /// Its parts are being made.
        case encoding
        /// It has turned out not to be worth it; parts that are not made are not wanted any more.
        case stopped
    }

    /// Why it was stopped.
    public enum StopReason: String, Sendable {
        /// What is there already is larger than it may be.
        case size
        /// It has taken more processor time than it may.
        case processorTime = "cpu"
    }

    /// A run of bytes in a file of the new version.
    public struct Run: Equatable, Sendable {
        public let file: Int
        public let offset: Int64
        public let length: Int

        public init(file: Int, offset: Int64, length: Int) {
            self.file = file
            self.offset = offset
            self.length = length
        }
    }

    /// Where a file of the new version is cut into groups.
    public struct Cut: Equatable, Sendable {
        public let file: Int
        public let offset: Int64

        public init(file: Int, offset: Int64) {
            self.file = file
            self.offset = offset
        }
    }

    /// What every part is made by; with the two versions it decides the bytes of the patch.
    public struct Terms: Equatable, Sendable {
        /// Name of the level.
        public var level: String
        /// Of one encoder, in bytes.
        public var memory: Int64
        /// Beyond this many bytes the patch is not worth it.
        public var mostBytes: Int64
        /// Nor beyond this much processor time, of all attempts at all its jobs; nil for as much as it takes.
        public var mostTime: Duration?
        /// Where archives are cut, so that no member is in two groups.
        public var cuts: [Cut]
        /// What parts have in common, made once.
        public var shared: [Run]

        public init(
            level: String, memory: Int64, mostBytes: Int64, mostTime: Duration?, cuts: [Cut], shared: [Run]
        ) {
            self.level = level
            self.memory = memory
            self.mostBytes = mostBytes
            self.mostTime = mostTime
            self.cuts = cuts
            self.shared = shared
        }
    }

    public let id: Int64
    public let from: VersionID
    public let to: VersionID
    public let state: State
    /// Nil unless it was stopped.
    public let stoppedFor: StopReason?
    /// The job that planned it; what it costs is counted by that.
    public let plan: Int64
    /// Its place among the patches to the same version; smaller is worth more.
    public let rank: Int
    /// Nil while it is being planned.
    public let terms: Terms?
    /// Where the whole patch is, or is about to be.
    public let objectKey: String?

    init(_ row: Row) throws(PostgresError) {
        let from: UUID = try row("from_version")
        let to: UUID = try row("to_version")
        let state: String = try row("state")
        let rank: Int32 = try row("rank")
        guard let state = State(rawValue: state) else {
            throw .decoding(column: "state", expected: "a state of a patch in the making", got: state)
        }
        self.id = try row("build_id")
        self.from = VersionID(from)
        self.to = VersionID(to)
        self.state = state
        let reason: String? = try row("stopped_for")
        self.stoppedFor = reason.flatMap { StopReason(rawValue: $0) }
        self.plan = try row("plan_job")
        self.rank = Int(rank)
        self.objectKey = try row("object_key")
        let level: String? = try row("level")
        if let level {
            let most: Int64? = try row("most_cpu_us")
            self.terms = Terms(
                level: level, memory: try row("memory"), mostBytes: try row("most_bytes"),
                mostTime: most.map { .microseconds($0) }, cuts: Self.cuts(try row("cuts")),
                shared: Self.runs(try row("shared")))
        } else {
            self.terms = nil
        }
    }

    static func numbers(_ runs: [Run]) -> [Int64] { runs.flatMap { [Int64($0.file), $0.offset, Int64($0.length)] } }

    static func numbers(_ cuts: [Cut]) -> [Int64] { cuts.flatMap { [Int64($0.file), $0.offset] } }

    private static func cuts(_ numbers: [Int64]) -> [Cut] {
        stride(from: 0, to: numbers.count - numbers.count % 2, by: 2).map {
            Cut(file: Int(numbers[$0]), offset: numbers[$0 + 1])
        }
    }

    private static func runs(_ numbers: [Int64]) -> [Run] {
        stride(from: 0, to: numbers.count - numbers.count % 3, by: 3).map {
            Run(file: Int(numbers[$0]), offset: numbers[$0 + 1], length: Int(numbers[$0 + 2]))
        }
    }
}
