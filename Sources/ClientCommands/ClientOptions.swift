import ArgumentParser
import Client
import Foundation

/// Where the service is and who asks: the same options for every command that talks to it.
struct ClientOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address of the service; else SLIPWAY_URL.", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "JWT or API key; else SLIPWAY_TOKEN or SLIPWAY_API_KEY, which other users of the machine cannot see.",
            valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("The dev.json of 'slipway up', or its folder; else SLIPWAY_DEV.", valueName: "file"))
    var dev: String?

    @Flag(help: "Print JSON, one object a line: events, then the result or the error.")
    var json = false

    /// Finds the service and a token for it: said, kept, or lent to a CI that vouches for the job.
    func settings(
        key: String? = nil, fallback: WebAddress? = nil, progress: any ProgressSink
    ) async throws -> ServerSettings {
        let environment = ProcessInfo.processInfo.environment
        var options = ServerSettings.Options(url: self.url, token: self.token, dev: self.dev, key: key)
        do {
            return try ServerSettings(options, environment: environment, fallback: fallback)
        } catch ClientError.noToken {
            guard let login = KeylessLogin(environment: environment) else { throw ClientError.noToken }
            options.token = "to be lent"
            let found = try ServerSettings(options, environment: environment, fallback: fallback)
            return ServerSettings(
                server: found.server, credentials: try await login.credentials(at: found.server, progress: progress),
                manifestKey: found.manifestKey)
        }
    }

    /// Where the command's output goes.
    var output: ClientOutput { ClientOutput(json: self.json) }

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
}
