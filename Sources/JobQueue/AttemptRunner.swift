import FoundationEssentials
import JobLifecycle
import Logging
import Postgres

/// Runs one attempt: handler, deadline, end.
struct AttemptRunner: Sendable {
    let queue: JobQueue
    let registry: JobRegistry

    /// What became of an attempt.
    enum Conclusion: Equatable, Sendable {
        /// Completed with nothing to record: to be acknowledged together with others.
        case acknowledge
        /// Its end is written, or cannot be and is left to others.
        case recorded(End)
    }

    /// The name of an end, for metrics.
    enum End: String, Sendable {
        case completed, retried, snoozed, released, discarded, cancelled, fenced, unrecorded
    }

    /// How an attempt came out, before the queue is told.
    private enum Result: Sendable {
        case outcome(Outcome)
        case failed(Failure)
        case stopped
    }

    /// Runs an attempt that has a lease of its own.
    func run(_ job: LeasedJob, attempt: Attempt) async -> Conclusion {
        await withLogger(Self.logger(for: job)) { _ in
            await self.conclude(
                await self.perform(job, attempt: attempt, deadline: job.timeout) { false }, of: job, attempt: attempt)
        }
    }

    /// Runs one of a batch, whose deadline the pool watches.
    ///
    /// - Parameter hand: knows whether it was cancelled because the job took too long.
    func runBatched(_ job: LeasedJob, attempt: Attempt, by hand: Hand) async -> Conclusion {
        let result = await self.perform(job, attempt: attempt, deadline: nil) { hand.isLate }
        if case .outcome(.completed(nil)) = result, job.canBeAcknowledged { return .acknowledge }
        return await withLogger(Self.logger(for: job)) { _ in
            await self.conclude(result, of: job, attempt: attempt)
        }
    }

    private static func logger(for job: LeasedJob) -> Logger {
        var logger = Logger.current
        logger[metadataKey: "job.id"] = "\(job.id)"
        logger[metadataKey: "job.kind"] = "\(job.kind)"
        logger[metadataKey: "job.attempt"] = "\(job.attempt)"
        return logger
    }

    /// - Parameters:
    ///   - deadline: nil when somebody else watches it.
    ///   - isLate: whether somebody else cancelled it because of that.
    private func perform(
        _ job: LeasedJob, attempt: Attempt, deadline: Duration?, isLate: () -> Bool
    ) async -> Result {
        guard let handler = self.registry.handler(for: job.kind) else {
            Logger.current.warning("met an unknown kind of job")
            // Kept for a worker that knows it: perhaps the roll-out is not over.
            return .outcome(.snoozed(for: .seconds(30)))
        }
        guard job.attempt <= job.maxAttempts else {
            return .failed(
                Failure(
                    code: "worker-lost", message: "the worker died in each of \(job.maxAttempts) attempts",
                    retryable: false, hint: "see the worker's log; the input may crash it"))
        }
        do {
            guard let deadline else { return .outcome(try await handler.perform(job.payload, attempt)) }
            return .outcome(try await withDeadline(deadline) { try await handler.perform(job.payload, attempt) })
        } catch {
            return Self.result(of: error, job, isLate: isLate())
        }
    }

    private static func result(of error: any Error, _ job: LeasedJob, isLate: Bool) -> Result {
        if error is DeadlineExceeded || isLate {
            return .failed(
                Failure(
                    code: "stage-timeout", message: "the attempt took longer than \(job.timeout)", retryable: true,
                    hint: "the machine may be overloaded; a larger build may need a longer deadline"))
        }
        if error is CancellationError || Task.isCancelled { return .stopped }
        return .failed(Failure(describing: error))
    }

    private func conclude(_ result: Result, of job: LeasedJob, attempt: Attempt) async -> Conclusion {
        if case .outcome(.completed(nil)) = result, job.canBeAcknowledged { return .acknowledge }
        return .recorded(await self.record(result, of: job, attempt: attempt))
    }

    private func record(_ result: Result, of job: LeasedJob, attempt: Attempt) async -> End {
        let end: AttemptEnd
        switch result {
        case .outcome(.completed): end = .completed
        case .outcome(.snoozed(let rest)): end = .snoozed(for: rest)
        case .stopped: end = .released
        case .failed(let failure):
            end = AttemptEnd(
                failed: failure, attempt: job.attempt,
                policy: self.registry.handler(for: job.kind)?.policy.retry ?? RetryPolicy(maxAttempts: job.maxAttempts),
                jitter: Double.random(in: 0...1))
        }
        do {
            // Recording outlives a cancelled task: a job that is done must not be done again.
            let fence = try await Task { try await self.end(job, attempt: attempt, as: end, after: result) }.value
            return self.log(end, fence: fence)
        } catch {
            guard case .completed = end else {
                // The lease stays; the worker's heartbeat finds that nobody works on it, and gives it back.
                Logger.current.warning("could not record the end of an attempt", metadata: ["error": "\(error)"])
                return .unrecorded
            }
            // The recording itself failed: the work is not done, so the attempt has failed.
            return await self.record(.failed(Failure(describing: error)), of: job, attempt: attempt)
        }
    }

    private func end(_ job: LeasedJob, attempt: Attempt, as end: AttemptEnd, after result: Result) async throws -> Fence
    {
        let report = attempt.takeNews().map {
            ProgressReport(job: job, progress: $0.progress, checkpoint: $0.checkpoint)
        }
        return try await self.queue.end(job, as: end, reporting: report) { transaction in
            if case .outcome(.completed(let recording?)) = result { try await recording(transaction) }
            if case .discarded(let failure) = end, let handler = self.registry.handler(for: job.kind) {
                try await handler.abandon(job.payload, job.scope, failure, transaction)
            }
        }
    }

    private func log(_ end: AttemptEnd, fence: Fence) -> End {
        guard case .held = fence else {
            Logger.current.warning("ended an attempt whose lease was gone; nothing was recorded")
            return .fenced
        }
        switch end {
        case .completed:
            Logger.current.debug("completed")
            return .completed
        case .retried(let rest, let failure):
            Logger.current.warning(
                "failed, will retry",
                metadata: [
                    "failure.code": "\(failure.code)", "failure.message": "\(failure.message)", "rest": "\(rest)",
                ])
            return .retried
        case .discarded(let failure):
            Logger.current.error(
                "failed for good",
                metadata: ["failure.code": "\(failure.code)", "failure.message": "\(failure.message)"])
            return .discarded
        case .snoozed:
            return .snoozed
        case .released:
            Logger.current.info("released")
            return .released
        case .cancelled:
            return .cancelled
        }
    }
}

extension LeasedJob {
    /// Whether nothing hangs on its completion but the completion.
    var canBeAcknowledged: Bool { !self.traits.contains(.followed) && !self.traits.contains(.unique) }
}
