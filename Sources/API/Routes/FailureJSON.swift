import JobLifecycle
import Storefront

/// Failures as JSON.
enum FailureJSON {
    static func failure(_ failure: Failure?) -> JSONValue {
        guard let failure else { return .null }
        return [
            "code": .string(failure.code), "stage": .text(failure.stage), "message": .string(failure.message),
            "hint": .text(failure.hint), "path": .text(failure.path), "offset": .integer(failure.offset),
            "expected": .text(failure.expected), "actual": .text(failure.actual), "retryable": .bool(failure.retryable),
            "attempt": .integer(failure.attempt),
            "problems": failure.problems.map { .array($0.map(self.problem)) } ?? .null,
        ]
    }

    private static func problem(_ problem: Failure.Problem) -> JSONValue {
        ["code": .string(problem.code), "path": .text(problem.path), "message": .string(problem.message)]
    }
}
