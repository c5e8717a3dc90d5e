import ArgumentParser
import Client
import Foundation

/// Shows and turns jobs.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Shows jobs, says why one waits, and retries, cancels or discards them.",
        discussion: """
            Examples:
              slipway jobs list --state discarded
              slipway jobs why 1234
              slipway jobs redrive 1234 1240
              slipway jobs bulk retry --state discarded --failure stage-timeout --dry-run

            \(ClientExit.operatorHelp)
            """,
        subcommands: [
            List.self, Show.self, Why.self, Retry.self, Cancel.self, Discard.self, Bulk.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists jobs, newest first.", discussion: "Example: slipway jobs list --queue scan --state running"
        )

        @Option(help: "scheduled, available, running, retryable, completed, cancelled or discarded.") var state: String?
        @Option(help: "Only of this queue.") var queue: String?
        @Option(help: "Only of this kind.") var kind: String?
        @Option(help: "Only of this version.") var version: String?
        @Option(help: "Only of this company.") var developer: String?
        @Option(help: "Only of this key.") var key: String?
        @Option(help: "Only those whose latest failure has this code.") var failure: String?
        @Option(help: "Only what this worker holds.") var worker: String?
        @Option(help: "How many, 1 to 200.") var limit = 50
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.service.perform { client in
                let reply = try await client.get(
                    ["jobs"],
                    query: [
                        ("state", self.state), ("queue", self.queue), ("kind", self.kind),
                        ("version_id", self.version), ("developer_id", self.developer), ("key", self.key),
                        ("failure", self.failure), ("worker_id", self.worker), ("limit", "\(self.limit)"),
                    ], as: OperatorList<OperatorJobDocument>.self)
                self.service.show(reply) { OperatorText.jobs($0.items, now: Date()) }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows everything about a job.",
            discussion: "With --json also its payload and checkpoint. Example: slipway jobs show 1234")

        @Argument(help: "The job's number.") var job: String
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.service.perform { client in
                let reply = try await client.get(["jobs", self.job], as: OperatorJobDetailDocument.self)
                self.service.show(reply) { OperatorText.job($0, now: Date()) }
            }
        }
    }

    struct Why: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "why",
            abstract: "Says why a job does not run at this moment.", discussion: "Example: slipway jobs why 1234")

        @Argument(help: "The job's number.") var job: String
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.service.perform { client in
                let reply = try await client.get(["jobs", self.job], as: OperatorJobDetailDocument.self)
                self.service.show(reply) { "\($0.why.code): \($0.why.message)" }
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: "Makes jobs due now, with all their attempts: waiting ones earlier, dead ones again.",
            discussion: "Example: slipway jobs retry 1234", aliases: ["redrive"])

        @OptionGroup var jobs: NamedJobs

        func run() async throws { try await self.jobs.apply("retry") }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel",
            abstract: "Cancels jobs, waiting or running, and those that wait for them.",
            discussion: "Example: slipway jobs cancel 1234 --reason 'the build was withdrawn'")

        @OptionGroup var jobs: NamedJobs

        func run() async throws { try await self.jobs.apply("cancel") }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard",
            abstract: "Ends jobs as failed for good: for such as would go on failing.",
            discussion: "Example: slipway jobs discard 1234")

        @OptionGroup var jobs: NamedJobs

        func run() async throws { try await self.jobs.apply("discard") }
    }
}

/// Jobs by their numbers, and what their owner is told.
struct NamedJobs: ParsableArguments {
    @Argument(help: "The jobs' numbers.") var ids: [String]
    @Option(help: "What is told to the job's owner.") var reason: String?
    @OptionGroup var service: OperatorOptions

    func apply(_ action: String) async throws {
        guard !self.ids.isEmpty else { throw ValidationError("say which jobs") }
        try await self.service.perform { client in
            var body = OperatorBody()
            body["reason"] = self.reason.map { .text($0) }
            for id in self.ids {
                let reply = try await client.post(["jobs", id, action], body, as: OperatorJobDetailDocument.self)
                self.service.show(reply) { "job \(id): \($0.job.state); \($0.why.message)" }
            }
        }
    }
}
