/// Something a person who waits wants to know.
public enum ProgressEvent: Sendable, Equatable {
    /// One thing was decided or is done.
    case note(String)
    /// Something is odd, and work goes on.
    case warning(String)
    /// How far one stage is.
    case stage(StageProgress)
    /// A request failed and will be made again.
    case retry(reason: String, delay: Duration)
}

/// How far one stage is.
public struct StageProgress: Sendable, Equatable {
    public enum State: String, Sendable {
        case waiting, running, done, failed, skipped
    }

    public enum Unit: String, Sendable {
        case bytes, files
    }

    /// One word.
    public let name: String
    public var state: State
    public var done: Int64
    /// Nil when nobody knows yet.
    public var total: Int64?
    public var unit: Unit

    public init(_ name: String, _ state: State, done: Int64 = 0, total: Int64? = nil, unit: Unit = .bytes) {
        self.name = name
        self.state = state
        self.done = done
        self.total = total
        self.unit = unit
    }

    /// A stage of the pipeline as the service tells it; counts files where it counts no bytes.
    init(_ document: StageDocument) {
        let countsBytes = (document.bytesTotal ?? 0) > 0 || (document.filesTotal ?? 0) == 0
        self.init(
            document.stage, State(rawValue: document.state) ?? .waiting,
            done: (countsBytes ? document.bytesDone : document.filesDone) ?? 0,
            total: countsBytes ? document.bytesTotal : document.filesTotal, unit: countsBytes ? .bytes : .files)
    }
}
