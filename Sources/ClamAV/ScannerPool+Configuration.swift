public import Content
import FoundationEssentials

extension ScannerPool {
    /// How a pool scans, and with what.
    public struct Configuration: Sendable {
        /// The slipway-scanner program.
        public var helperPath: String
        /// ClamAV's signatures, where freshclam puts them.
        public var databaseDirectory: String
        /// Where to write the bundled signatures when there are no others; nil to fail then.
        public var bundledDirectory: String?
        /// For what scans unpack; made if need be.
        ///
        /// A memory file system is fastest, and full soonest.
        public var temporaryDirectory: String
        /// How many files are scanned at once; each takes a processor and the memory of what it unpacks.
        public var lanes: Int
        /// A lane makes room for a fresh one after this many files, so that one taken over does not last.
        ///
        /// A fork copies the page tables of the loaded engine: tens of milliseconds with a full set.
        public var filesPerLane: Int
        /// How far a scan goes.
        public var limits: ScanLimits
        /// Address space a lane may take beyond the engine's own.
        public var laneMemory: ByteCount
        /// For loading the signatures: a full set takes half a minute on a free processor.
        public var startTime: Duration
        /// For each file of the check that an engine must pass before it scans.
        public var gateTime: Duration
        /// Files that an engine must find infected before it may scan.
        public var gateFiles: [String]
        /// How long the engine before stays loaded after ``ScannerPool/reload()``, to go back to.
        ///
        /// Zero to change over for good.
        public var probation: Duration
        /// Protections without which a lane must not work.
        ///
        /// What the kernel lacks is done without otherwise.
        public var requiredSandbox: ScanSandbox

        /// Settings for production, the helper beside the running program.
        ///
        /// - Parameters:
        ///   - directory: for temporary files and the bundled signatures.
        public init(directory: String, lanes: Int) {
            self.helperPath = Self.helperBesideProgram
            self.databaseDirectory = "/var/lib/clamav"
            self.bundledDirectory = directory + "/signatures"
            self.temporaryDirectory = directory + "/scans"
            self.lanes = lanes
            self.filesPerLane = 4096
            self.limits = .standard
            self.laneMemory = .gibibytes(8)
            self.startTime = .seconds(600)
            self.gateTime = .seconds(60)
            self.gateFiles = []
            self.probation = .seconds(600)
            self.requiredSandbox = []
        }

        /// `slipway-scanner` in the directory of the running executable.
        public static var helperBesideProgram: String {
            let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
            return URL(filePath: program).deletingLastPathComponent().appending(path: "slipway-scanner").path
        }
    }
}
