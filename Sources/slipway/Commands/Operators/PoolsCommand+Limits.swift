import ArgumentParser
import Client

extension PoolsCommand {
    struct Limit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "limit",
            abstract: "Sets what holds for all of a queue, whoever works on it.",
            discussion: """
                Limits are exact over all workers. Example: slipway pools limit scan --running 16 --per-key 4
                """)

        @Argument(help: "The queue.") var queue: String
        @Option(help: "Attempts at a time in all workers together, 0 to 10000, or none.") var running: OptionalNumber?
        @Option(help: "Jobs of one key at a time, 1 to 10000, or none.") var perKey: OptionalNumber?
        @Option(help: "Attempts a second and at once after a rest, such as 20/100, or none.") var rate: OptionalRate?
        @Flag(help: "Lease no job anywhere, or lease again.") var state: State?
        @OptionGroup var service: OperatorOptions

        enum State: String, EnumerableFlag {
            case stop, go
        }

        func run() async throws {
            var body = OperatorBody()
            body["running_limit"] = self.running?.body
            body["key_limit"] = self.perKey?.body
            body["rate"] = self.rate?.body
            body["paused"] = self.state.map { .flag($0 == .stop) }
            guard !body.isEmpty else { throw ValidationError("say what to set") }
            try await self.service.perform { client in
                let reply = try await client.change(["queues", self.queue], body, as: QueueSettingsDocument.self)
                self.service.show(reply) { settings in
                    let limits = OperatorText.limits(settings)
                    return "queue \(self.queue): \(limits.isEmpty ? "no limits" : limits)"
                }
            }
        }
    }

    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "keys",
            abstract: "Lists the keys that share a queue, the most held first.",
            discussion: "Example: slipway pools keys scan")

        @Argument(help: "The queue.") var queue: String
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.service.perform { client in
                let reply = try await client.get(
                    ["queues", self.queue, "keys"], as: OperatorList<QueueKeyDocument>.self)
                self.service.show(reply) { OperatorText.keys($0.items) }
            }
        }
    }

    struct Cap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cap",
            abstract: "Sets one key's limit in a queue, and its share of turns.",
            discussion: "Example: slipway pools cap scan 6e0f… --limit 2 --weight 20")

        @Argument(help: "The queue.") var queue: String
        @Argument(help: "The key: a studio's, for the jobs of builds.") var key: String
        @Option(help: "Its jobs at a time, 0 to 10000; none: the queue's limit.") var limit: OptionalNumber?
        @Option(help: "Its share of turns, 1 to 100; none: 10.") var weight: OptionalNumber?
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            var body = OperatorBody()
            body["cap"] = self.limit?.body
            body["weight"] = self.weight?.body
            guard !body.isEmpty else { throw ValidationError("say what to set") }
            try await self.service.perform { client in
                let reply = try await client.change(
                    ["queues", self.queue, "keys", self.key], body, as: QueueKeyDocument.self)
                self.service.show(reply) { OperatorText.keys([$0]) }
            }
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history",
            abstract: "Lists who changed what, newest first.", discussion: "Example: slipway pools history scan")

        @Argument(help: "Only of this queue, its pools and keys.") var queue: String?
        @Option(help: "How many, 1 to 200.") var limit = 50
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.service.perform { client in
                let reply = try await client.get(
                    ["audit"], query: [("subject", self.queue), ("limit", "\(self.limit)")],
                    as: OperatorList<AuditDocument>.self)
                self.service.show(reply) { OperatorText.audit($0.items) }
            }
        }
    }
}
