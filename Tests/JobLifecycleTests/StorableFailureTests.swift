import JobLifecycle
import Testing

@Suite("Failures in tables")
struct StorableFailureTests {
    @Test("a NUL that a sender's bytes brought in is replaced wherever it stands, and nothing else is")
    func storable() {
        let failure = Failure(
            code: "archive-unsafe", message: "at a\0b", retryable: false, stage: "ingest", hint: "b\0", path: "\0",
            offset: 3, expected: "x\0y", actual: "\0\0",
            problems: [
                .init(code: "path_invalid", path: "c\0\nd", message: "e\0f"), .init(code: "x", path: nil, message: "ü"),
            ])
        let expected = Failure(
            code: "archive-unsafe", message: "at a\u{FFFD}b", retryable: false, stage: "ingest", hint: "b\u{FFFD}",
            path: "\u{FFFD}", offset: 3, expected: "x\u{FFFD}y", actual: "\u{FFFD}\u{FFFD}",
            problems: [
                .init(code: "path_invalid", path: "c\u{FFFD}\nd", message: "e\u{FFFD}f"),
                .init(code: "x", path: nil, message: "ü"),
            ])
        #expect(failure.storable == expected)
        #expect(expected.storable == expected)
    }
}
