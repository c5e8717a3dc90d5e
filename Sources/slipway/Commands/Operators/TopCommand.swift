import ArgumentParser
import Client
import Foundation
import LocalFiles
import UnixSignals

/// A live view of the whole queue.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows pools, depths, ages, rates and running jobs, live.",
        discussion: """
            Ctrl-C ends it. Where the output is no terminal, and with --once or --json, it shows one moment and ends.

            Example: SLIPWAY_DEV=./data/dev.json slipway top

            \(ClientExit.operatorHelp)
            """)

    @Option(help: "Seconds between two looks, 0.2 to 60.") var interval = 1.0
    @Flag(help: "Show one moment and end.") var once = false
    @OptionGroup var service: OperatorOptions

    func validate() throws {
        guard (0.2...60).contains(self.interval) else { throw ValidationError("the interval is 0.2 to 60 seconds") }
    }

    func run() async throws {
        try await self.service.perform(showing: NoProgress()) { client in
            if self.once || self.service.json || !Terminal.showsOutput {
                try await self.showOnce(client)
            } else {
                try await self.showLive(client)
            }
        }
    }

    private func showOnce(_ client: OperatorClient) async throws {
        let look = try await Self.look(client)
        guard !self.service.json else { return print(look.json) }
        print(look.screen.lines(now: Date(), width: 10_000, height: 10_000).joined(separator: "\n"))
    }

    /// The alternate screen, redrawn in place, and given back however it ends.
    private func showLive(_ client: OperatorClient) async throws {
        Terminal.writeOutput("\u{1B}[?1049h\u{1B}[?25l")
        defer { Terminal.writeOutput("\u{1B}[?25h\u{1B}[?1049l") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
            }
            group.addTask { [interval = self.interval] in
                while !Task.isCancelled {
                    let look = try await Self.look(client)
                    // The last line stays free, so that nothing scrolls.
                    let lines = look.screen.lines(
                        now: Date(), width: Terminal.columns, height: max(1, Terminal.lines - 1))
                    Terminal.writeOutput("\u{1B}[H" + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
                    try await Task.sleep(for: .seconds(interval))
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func look(_ client: OperatorClient) async throws -> (screen: TopScreen, json: String) {
        async let queues = client.get(["queues"], as: OperatorList<QueueDocument>.self)
        async let pools = client.get(["pools"], as: OperatorList<PoolDocument>.self)
        async let workers = client.get(["workers"], as: OperatorList<WorkerDocument>.self)
        async let running = client.get(
            ["jobs"], query: [("state", "running"), ("limit", "50")], as: OperatorList<OperatorJobDocument>.self)
        let all = try await (queues, pools, workers, running)
        let screen = TopScreen(
            queues: all.0.document.items, pools: all.1.document.items, workers: all.2.document.items,
            running: all.3.document.items)
        let json =
            #"{"queues":\#(all.0.text),"pools":\#(all.1.text),"workers":\#(all.2.text),"running":\#(all.3.text)}"#
        return (screen, json)
    }
}
