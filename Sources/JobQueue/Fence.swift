/// Whether a worker still held the job when it came to end it.
public enum Fence: Sendable {
    case held
    /// The lease was rescued or cancelled meanwhile; nothing was written.
    case lost
}

/// Thrown inside the transaction that ends a job, to roll it back when the lease is gone.
struct LeaseLost: Error {}
