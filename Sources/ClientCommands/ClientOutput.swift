import ArgumentParser
import Client
import Foundation
import LocalFiles
import Threads

/// What a command shows: for people, or as JSON, one object a line.
struct ClientOutput: Sendable {
    let json: Bool

    /// Does a command's work with progress shown, and turns every error into a message and an exit code.
    func perform(_ work: (any ProgressSink, ThreadPool) async throws -> Void) async throws {
        let progress: any ProgressSink =
            if self.json { JSONProgress() } else if Terminal.isInteractive { TerminalProgress() } else {
                LineProgress()
            }
        let pool = ThreadPool(name: "files", threads: max(2, ProcessInfo.processInfo.activeProcessorCount))
        do {
            try await work(progress, pool)
            progress.finish()
        } catch let code as ExitCode {
            progress.finish()
            throw code
        } catch {
            progress.finish()
            self.show(ClientFailure(error))
            throw ExitCode(ClientExit(error).rawValue)
        }
    }

    /// Prints a result: as JSON, or as a person reads it.
    func show(_ result: some Encodable, _ text: String) {
        if self.json { JSONProgress.write(Result(event: "result", result: result)) } else { print(text) }
    }

    private func show(_ failure: ClientFailure) {
        if self.json { JSONProgress.write(Failure(event: "error", error: failure)) }
        Terminal.writeError("error: \(failure.message)\n" + (failure.hint.map { "\($0)\n" } ?? ""))
    }

    private struct Result<Value: Encodable>: Encodable {
        let event: String
        let result: Value
    }

    private struct Failure: Encodable {
        let event: String
        let error: ClientFailure
    }
}

/// Seconds as people read them.
func readable(seconds: Double) -> String { String(format: seconds < 10 ? "%.1f s" : "%.0f s", seconds) }
