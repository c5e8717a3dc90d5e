import ArgumentParser
import Client
import Foundation
import LocalFiles

/// Where the service is and who asks: the same options for every command of operators.
///
/// All of them go through `/ops/v1`, so that whoever may use them needs a token, not the database's password.
struct OperatorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address of the service; else SLIPWAY_URL.", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "Token with the platform role 'operator'; else SLIPWAY_OPERATOR_TOKEN.", valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("The dev.json of 'slipway up', or its folder; else SLIPWAY_DEV.", valueName: "file"))
    var dev: String?

    @Flag(help: "Print the service's answer, JSON on one line, and errors as JSON too.")
    var json = false

    /// Does a command's work, and turns every error into a message and an exit code.
    ///
    /// - Parameter progress: shows what is tried again.
    func perform(
        showing progress: any ProgressSink = LineProgress(), _ work: (OperatorClient) async throws -> Void
    ) async throws {
        do {
            let settings = try ServerSettings(
                ServerSettings.Options(url: self.url, token: self.token, dev: self.dev, party: .operators),
                environment: ProcessInfo.processInfo.environment)
            let client = OperatorClient(settings, progress: progress)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await work(client))
            } catch {
                outcome = .failure(error)
            }
            await client.shutdown()
            try outcome.get()
        } catch let error as ValidationError {
            throw error
        } catch {
            let failure = ClientFailure(error)
            if self.json { JSONProgress.write(["error": failure]) }
            Terminal.writeError("error: \(failure.message)\n" + (failure.hint.map { "\($0)\n" } ?? ""))
            throw ExitCode(ClientExit(error).rawValue)
        }
    }

    /// Prints an answer: as it came, or as a person reads it.
    func show<Document>(_ reply: OperatorReply<Document>, _ text: (Document) -> String) {
        print(self.json ? reply.text : text(reply.document))
    }
}
