import JobLifecycle

/// A stage found something wrong with a build and says what.
struct BuildFailure: FailureConvertible {
    let failure: Failure

    init(_ failure: Failure) { self.failure = failure }
}
