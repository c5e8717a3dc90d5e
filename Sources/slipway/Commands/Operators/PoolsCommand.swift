import ArgumentParser
import Client

/// Shows and turns pools.
struct PoolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pools",
        abstract: "Shows pools, and resizes, pauses or drains them while they run.",
        discussion: """
            Every change is kept in the database, holds on all workers in under a second, outlives restarts, and is written
            to the history. --node limits it to the workers of one machine.

            Examples:
              slipway pools
              slipway pools set scan --concurrency 4
              slipway pools drain hash --node build-7
              slipway pools limit events --rate 20/100

            \(ClientExit.operatorHelp)
            """,
        subcommands: [
            List.self, Show.self, Set.self, Pause.self, Resume.self, Drain.self, Limit.self, Keys.self, Cap.self,
            Pace.self, History.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists pools: what waits, what runs, what is set.", discussion: "Example: slipway pools list")

        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.service.perform { client in
                let reply = try await client.get(["pools"], as: OperatorList<PoolDocument>.self)
                self.service.show(reply) { OperatorText.pools($0.items) }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows the pools of one queue, worker by worker.", discussion: "Example: slipway pools show scan")

        @Argument(help: "The queue.") var queue: String
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.service.perform { client in
                self.service.show(
                    try await client.get(["pools", self.queue], as: PoolDocument.self), OperatorText.pool)
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Sets concurrency, prefetch, priority floor or self-tuning.",
            discussion: """
                'none' leaves a setting to the wider one: a node's to that of all nodes, that to the worker's own.

                Example: slipway pools set scan --concurrency 4 --tune 1-8
                """)

        @Argument(help: "The queue.") var queue: String
        @OptionGroup var place: PoolPlace
        @Option(help: "Attempts at a time in each worker, 0 to 10000, or none.") var concurrency: OptionalNumber?
        @Option(help: "Jobs leased ahead of a free slot, 0 to 10000, or none.") var prefetch: OptionalNumber?
        @Option(help: "The largest priority number it takes, or none.") var priorityFloor: OptionalNumber?
        @Option(help: "Bounds within which self-tuning may move the concurrency, such as 1-8, or none.")
        var tune: OptionalBounds?
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            var body = OperatorBody()
            body["concurrency"] = self.concurrency?.body
            body["prefetch"] = self.prefetch?.body
            body["priority_floor"] = self.priorityFloor?.body
            body["tuning"] = self.tune?.body
            guard !body.isEmpty else { throw ValidationError("say what to set") }
            try await self.place.change(self.queue, body, self.service)
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause",
            abstract: "Lets pools take no more jobs; what runs goes on.",
            discussion: "Example: slipway pools pause scan --node build-7")

        @Argument(help: "The queue.") var queue: String
        @OptionGroup var place: PoolPlace
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.place.change(self.queue, OperatorBody(["mode": .text("paused")]), self.service)
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "Lets paused or draining pools work again.", discussion: "Example: slipway pools resume scan")

        @Argument(help: "The queue.") var queue: String
        @OptionGroup var place: PoolPlace
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            // On a node this must win over what holds for all of them.
            try await self.place.change(self.queue, OperatorBody(["mode": .text("working")]), self.service)
        }
    }

    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drain",
            abstract: "Empties pools: as pause, but what does not end in the grace period is given back.",
            discussion: "Example: slipway pools drain scan --node build-7")

        @Argument(help: "The queue.") var queue: String
        @OptionGroup var place: PoolPlace
        @OptionGroup var service: OperatorOptions

        func run() async throws {
            try await self.place.change(self.queue, OperatorBody(["mode": .text("draining")]), self.service)
        }
    }
}

/// The workers that a change is for.
struct PoolPlace: ParsableArguments {
    @Option(help: "Only on this node; else on all.") var node: String?

    func change(_ queue: String, _ body: OperatorBody, _ service: OperatorOptions) async throws {
        try await service.perform { client in
            service.show(
                try await client.change(["pools", queue], node: self.node, body, as: PoolDocument.self),
                OperatorText.pool)
        }
    }
}
