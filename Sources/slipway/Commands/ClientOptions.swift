import ArgumentParser
import Client
import Foundation
import LocalFiles
import Threads

/// Where the service is and who asks: the same options for every command that talks to it.
struct ClientOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address of the service; else SLIPWAY_URL.", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "JWT or API key; else SLIPWAY_TOKEN, which other users of the machine cannot see.", valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("The dev.json of 'slipway up', or its folder; else SLIPWAY_DEV.", valueName: "file"))
    var dev: String?

    @Flag(help: "Print JSON, one object a line: events, then the result or the error.")
    var json = false

    func settings(key: String? = nil, fallback: WebAddress? = nil) throws -> ServerSettings {
        try ServerSettings(
            ServerSettings.Options(url: self.url, token: self.token, dev: self.dev, key: key),
            environment: ProcessInfo.processInfo.environment, fallback: fallback)
    }

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

    /// Runs something with a client that is closed afterwards.
    static func withClient<Value>(
        _ settings: ServerSettings, _ progress: any ProgressSink, _ body: (ServiceClient) async throws -> Value
    ) async throws -> Value {
        let client = ServiceClient(settings, progress: progress)
        do {
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
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
