import Content
import Synchronization

/// Waits until a build is ready or failed, and shows how far it is.
struct BuildFollower: Sendable {
    let client: ServiceClient
    let progress: any ProgressSink

    /// Streams that break or end early before polling takes over for good.
    private static let mostStreams = 3
    private static let longPoll = Duration.seconds(30)

    /// - Returns: the version, ready or failed.
    func follow(_ version: VersionDocument) async throws -> VersionDocument {
        let latest = Mutex(version)
        var streams = 0
        self.show(version)
        // Ends: every stage of the pipeline has a deadline, after which the version fails.
        while true {
            var current = latest.withLock { $0 }
            if current.status.isFinal { return current }
            if streams < Self.mostStreams, let job = current.jobID {
                streams += 1
                do {
                    try await self.client.follow(job: job) { version in
                        latest.withLock { $0 = version }
                        self.show(version)
                        return !version.status.isFinal
                    }
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    // Polling tells the same, later.
                }
                current = latest.withLock { $0 }
                if current.status.isFinal { return current }
            }
            let waiting = streams < Self.mostStreams ? Duration.seconds(1) : Self.longPoll
            let begun = ContinuousClock.now
            let next = try await self.client.version(current.id, of: current.game, waiting: waiting)
            latest.withLock { $0 = next }
            self.show(next)
            // A service that does not know how to wait must not be asked in a tight loop.
            let rest = Duration.seconds(1) - (ContinuousClock.now - begun)
            if !next.status.isFinal, rest > .zero { try await Task.sleep(for: rest) }
        }
    }

    private func show(_ version: VersionDocument) {
        // Receiving was shown from our side.
        for stage in version.stages where stage.stage != "receive" && stage.stage != "upload" {
            self.progress.report(.stage(StageProgress(stage)))
        }
    }
}
