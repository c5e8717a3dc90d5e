import ArgumentParser
import Client

extension JobsCommand {
    struct Bulk: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bulk",
            abstract: "Does the same to every job that matches, at most 10000 a call.",
            discussion: """
                Something must be said of the jobs; what is said of them must all apply. --dry-run changes nothing and says
                what would be.

                Example: slipway jobs bulk retry --state discarded --queue transfer --dry-run
                """)

        enum Action: String, CaseIterable, ExpressibleByArgument {
            case retry, cancel, discard, redrive

            /// As the service has it.
            var name: String { self == .redrive ? "retry" : self.rawValue }
        }

        @Argument(help: "retry (or redrive), cancel or discard.") var action: Action
        @Option(help: "In one of these states.") var state: [String] = []
        @Option(help: "In one of these queues.") var queue: [String] = []
        @Option(help: "Of one of these kinds.") var kind: [String] = []
        @Option(help: "With one of these numbers.") var id: [String] = []
        @Option(help: "Of this version.") var version: String?
        @Option(help: "Of this company.") var developer: String?
        @Option(help: "Of this key.") var key: String?
        @Option(help: "Held by this worker.") var worker: String?
        @Option(help: "Whose latest failure has this code.") var failure: String?
        @Option(help: "Created at or after, such as 2027-01-31T12:00:00Z.") var createdAfter: String?
        @Option(help: "Created before.") var createdBefore: String?
        @Option(help: "What is told to the jobs' owners.") var reason: String?
        @Flag(help: "Change nothing; say what would be.") var dryRun = false
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            let filter = self.filter
            guard !filter.isEmpty else { throw ValidationError("say which jobs; --help lists how") }
            var body = OperatorBody([
                "action": .text(self.action.name), "filter": .object(filter), "dry_run": .flag(self.dryRun),
            ])
            body["reason"] = self.reason.map { .text($0) }
            try await self.service.perform { client in
                self.service.show(
                    try await client.post(["jobs", "bulk"], body, as: BulkDocument.self), OperatorText.bulk)
            }
        }

        private var filter: [String: OperatorBody.Value] {
            var filter: [String: OperatorBody.Value] = [:]
            for (name, words) in [
                ("states", self.state), ("queues", self.queue), ("kinds", self.kind), ("ids", self.id),
            ] where !words.isEmpty {
                filter[name] = .list(words)
            }
            for (name, word) in [
                ("version_id", self.version), ("developer_id", self.developer), ("key", self.key),
                ("worker_id", self.worker), ("failure", self.failure), ("created_after", self.createdAfter),
                ("created_before", self.createdBefore),
            ] {
                filter[name] = word.map { .text($0) }
            }
            return filter
        }
    }
}
