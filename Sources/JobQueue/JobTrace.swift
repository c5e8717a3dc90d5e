/// The trace that what happens now belongs to (W3C Trace Context), as a `traceparent`.
///
/// Bound to the task, like a logger: whoever answers a request binds it, a job is enqueued with it, and the attempt that runs
/// the job has it bound again; so are the jobs that it enqueues in turn.
public enum JobTrace {
    @TaskLocal public static var current: String?
}
