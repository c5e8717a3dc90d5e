import JobLifecycle

/// Jobs that are enqueued together, and which of them wait for which.
public struct JobGraph: Sendable {
    /// One job of the graph.
    public struct Node: Hashable, Sendable {
        let index: Int
    }

    /// When a job that waits may run.
    public enum Condition: Sendable {
        /// After its parents completed; it is cancelled when one of them is discarded or cancelled.
        case completed
        /// After its parents ended, however they did.
        case ended
    }

    struct Edge: Sendable {
        let parent: Int
        let child: Int
        let tolerant: Bool
    }

    private(set) var jobs: [any Job] = []
    private(set) var delays: [Duration] = []
    private(set) var edges: [Edge] = []

    public init() {}

    public var isEmpty: Bool { self.jobs.isEmpty }

    /// Adds a job.
    ///
    /// - Parameters:
    ///   - delay: a rest before it is due; only for a job that waits for no other.
    ///   - parents: nodes of this graph, without duplicates.
    @discardableResult
    public mutating func add(
        _ job: some Job, delay: Duration = .zero, after parents: [Node] = [], when condition: Condition = .completed
    ) -> Node {
        precondition(parents.isEmpty || delay == .zero, "a job waits for a time or for other jobs, not for both")
        let node = Node(index: self.jobs.count)
        self.jobs.append(job)
        self.delays.append(delay)
        for parent in parents {
            precondition(parent.index < node.index, "a job waits for jobs of its own graph")
            self.edges.append(Edge(parent: parent.index, child: node.index, tolerant: condition == .ended))
        }
        return node
    }
}
