public import Content
public import FoundationEssentials
import Synchronization

/// One run of a job, as its handler sees it.
public final class Attempt: Sendable {
    public let job: JobID
    /// From 1.
    public let number: Int
    public let maxAttempts: Int
    /// What the jobs of one run share, e.g. a version.
    public let scope: UUID?
    public let developer: DeveloperID?

    private struct State {
        var progress = Progress()
        var reported = Progress()
        /// JSON that is not written yet.
        var checkpoint: String?
    }

    private let state = Mutex(State())
    private let loadCheckpoint: @Sendable (JobID) async throws -> String?
    private let readProcessorTime: @Sendable () -> Duration

    /// What has been done so far; totals are 0 until they are known.
    public struct Progress: Equatable, Sendable {
        public var bytesDone: Int64 = 0
        public var bytesTotal: Int64 = 0
        public var itemsDone: Int64 = 0
        public var itemsTotal: Int64 = 0
    }

    /// - Parameters:
    ///   - checkpoint: finds what an earlier attempt saved, as JSON.
    ///   - processorTime: what the attempt has taken so far.
    public init(
        job: JobID, number: Int, maxAttempts: Int, scope: UUID?, developer: DeveloperID?,
        checkpoint: @escaping @Sendable () async throws -> String? = { nil },
        processorTime: @escaping @Sendable () -> Duration = { .zero }
    ) {
        self.job = job
        self.number = number
        self.maxAttempts = maxAttempts
        self.scope = scope
        self.developer = developer
        self.loadCheckpoint = { _ in try await checkpoint() }
        self.readProcessorTime = processorTime
    }

    /// - Parameters:
    ///   - checkpoint: finds what an earlier attempt of a job saved.
    ///   - processorTime: what this one has taken so far.
    init(
        _ job: LeasedJob, checkpoint: @escaping @Sendable (JobID) async throws -> String?,
        processorTime: @escaping @Sendable () -> Duration
    ) {
        self.job = job.id
        self.number = job.attempt
        self.maxAttempts = job.maxAttempts
        self.scope = job.scope
        self.developer = job.developer
        self.loadCheckpoint = checkpoint
        self.readProcessorTime = processorTime
    }

    /// Processor time that this attempt has taken so far, on whichever of its pool's threads; zero for a job of a batch,
    /// which is too short to be metered.
    public var processorTime: Duration { self.readProcessorTime() }

    /// Changes the progress; cheap enough for every buffer. Written to the database about once a second.
    public func report(_ change: (inout Progress) -> Void) {
        self.state.withLock { change(&$0.progress) }
    }

    public var progress: Progress { self.state.withLock { $0.progress } }

    /// Leaves word for the next attempt, which may go on from there: parts sent, an offset. At most 64 KiB of JSON.
    ///
    /// Written with the progress, about once a second and at the end of the attempt: an attempt that is killed may have
    /// got further than it says.
    public func save(_ checkpoint: some Encodable & Sendable) throws {
        let data = try JSONEncoder().encode(checkpoint)
        guard data.count <= JobQueue.largestPayload else {
            throw CheckpointTooLarge(bytes: data.count)
        }
        self.state.withLock { $0.checkpoint = String(decoding: data, as: UTF8.self).withoutNUL }
    }

    /// What an earlier attempt of this job left; nil when there is nothing, or it cannot be read as this.
    public func checkpoint<Value: Decodable>(as type: Value.Type = Value.self) async throws -> Value? {
        guard let json = try await self.loadCheckpoint(self.job) else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(json.utf8))
    }

    /// Progress and checkpoint, if either has changed since they were last asked for.
    func takeNews() -> (progress: Progress, checkpoint: String?)? {
        self.state.withLock { state in
            guard state.progress != state.reported || state.checkpoint != nil else { return nil }
            defer {
                state.reported = state.progress
                state.checkpoint = nil
            }
            return (state.progress, state.checkpoint)
        }
    }
}

/// A checkpoint is for offsets and identifiers, not for data.
struct CheckpointTooLarge: Error {
    let bytes: Int
}
