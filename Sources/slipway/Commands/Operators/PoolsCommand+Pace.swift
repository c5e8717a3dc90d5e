import ArgumentParser
import Client

extension PoolsCommand {
    struct Pace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pace",
            abstract: "Lists or sets the rates of a queue's kinds and keys.",
            discussion: """
                A rate is exact over all workers; what is beyond it is put off and is in nobody's way.

                Examples:
                  slipway pools pace events
                  slipway pools pace events --kind deliver-event --rate 20/100
                  slipway pools pace patch --key 6e0f… --rate none
                """)

        @Argument(help: "The queue.") var queue: String
        @Option(help: "The kind of job.") var kind: String?
        @Option(help: "The key: a studio's, for the jobs of builds.") var key: String?
        @Option(help: "Attempts a second and at once after a rest, such as 20/100, or none.") var rate: OptionalRate?
        @OptionGroup var service: OperatorOptions

        func validate() throws {
            guard self.rate != nil || (self.kind == nil && self.key == nil) else {
                throw ValidationError("say which rate: --rate 20/100, or none")
            }
            guard self.rate == nil || (self.kind == nil) != (self.key == nil) else {
                throw ValidationError("say whose rate it is: --kind or --key")
            }
        }

        func run() async throws {
            try await self.service.perform { client in
                let path = ["queues", self.queue, "rates"]
                guard let rate = self.rate else {
                    let reply = try await client.get(path, as: OperatorList<QueueRateDocument>.self)
                    return self.service.show(reply) { OperatorText.rates($0.items) }
                }
                var body = OperatorBody()
                body["kind"] = self.kind.map { .text($0) }
                body["key"] = self.key.map { .text($0) }
                body["rate"] = rate.body
                let reply = try await client.change(path, body, as: OperatorList<QueueRateDocument>.self)
                self.service.show(reply) { OperatorText.rates($0.items) }
            }
        }
    }
}
