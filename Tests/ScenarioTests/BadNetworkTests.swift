import Faults
import Foundation
import Glibc
import Synchronization
import Testing

/// Builds pushed and pulled over a network that breaks, between programs that are killed.
@Suite("A bad network and kills at both ends", .serialized)
struct BadNetworkTests {
    /// How bad it is.
    private struct Weather: Sendable {
        let seed: UInt64
        let kills: Int
        let megabytes: Int
        let plan: FaultPlan
    }

    @Test(
        "resets, early ends, wrong bytes, refusals and delays, both ends killed: what is installed is what was pushed",
        arguments: [1, 2] as [UInt64])
    func quick(seed: UInt64) async throws {
        try await self.run(
            Weather(
                seed: seed, kills: 2, megabytes: 12,
                plan: FaultPlan(
                    seed: seed, percent: 30,
                    faults: [
                        .reset(afterBytes: 4 << 20), .truncate(afterBytes: 100_000), .busy, .delay(milliseconds: 20),
                        .corrupt(afterBytes: 1 << 20), .corruptSent(afterBytes: 2 << 20),
                    ])))
    }

    @Test(
        "the same with stalls, ten kills of each end, and a larger build",
        .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1"),
        arguments: [3, 4, 5] as [UInt64])
    func long(seed: UInt64) async throws {
        try await self.run(
            Weather(
                seed: seed, kills: 10, megabytes: 200,
                plan: FaultPlan(
                    seed: seed, percent: 20,
                    faults: [
                        .reset(afterBytes: 30 << 20), .truncate(afterBytes: 1 << 20), .busy, .delay(milliseconds: 50),
                        .stall(afterBytes: 10 << 20), .corrupt(afterBytes: 10 << 20),
                        .corruptSent(afterBytes: 10 << 20),
                    ])))
    }

    @Test(
        "addresses that are good for two seconds carry an upload of a minute, without a failure",
        .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1"))
    func shortLivedAddresses() async throws {
        try await withScenarioDirectory { root in
            // 13 parts, six at a time, each of about twenty seconds.
            let plan = FaultPlan(seed: 1, percent: 100, faults: [.slow(bytesPerSecond: 400_000)])
            try await FaultProxy.run(to: 1, plan: plan) { proxy in
                let build = root.appending(path: "build")
                try SampleBuild(seed: 31, megabytes: 100).write(to: build)
                let scene = Scene(directory: root.appending(path: "up"), proxy: proxy)
                try await scene.start(settings: ["SLIPWAY_UPLOAD_URL_SECONDS": "2"])
                try await scene.createGame()
                let begun = ContinuousClock.now
                let output = try await scene.pushToItsEnd(build)
                print("an upload of \(ContinuousClock.now - begun) with addresses good for 2 s")
                #expect(output.contains("\"event\":\"result\""))
                #expect(!output.contains("\"event\":\"retry\""), "\(output)")
                try await scene.end()
            }
        }
    }

    private func run(_ weather: Weather) async throws {
        try await withScenarioDirectory { root in
            try await FaultProxy.run(to: 1, plan: weather.plan) { proxy in
                let build = root.appending(path: "build")
                try SampleBuild(seed: weather.seed, megabytes: weather.megabytes).write(to: build)
                let scene = Scene(directory: root.appending(path: "up"), proxy: proxy)
                try await scene.start()
                // Not over the proxy: a game asked for twice, since the answer was lost, is two games.
                try await scene.createGame()

                // The service is killed in the middle of receiving, and the sender when it has sent a little more.
                let share = (weather.megabytes << 20) / (weather.kills + 2)
                for _ in 1...weather.kills {
                    let target = proxy.counts.sent + share / 2
                    let service = Task { try await scene.restart(once: { proxy.counts.sent > target - share / 4 }) }
                    try await scene.push(build, killedOnce: { proxy.counts.sent > target })
                    try await service.value
                }
                try await scene.push(build)

                let installed = root.appending(path: "installed").path
                for kill in 1...weather.kills {
                    let before = proxy.counts.connections
                    let service =
                        kill.isMultiple(of: 2)
                        ? Task { try await scene.restart(once: { proxy.counts.connections > before + 1 }) } : nil
                    try await scene.pull(installed, killedOnce: { proxy.counts.connections > before + 3 })
                    try await service?.value
                }
                try await scene.pull(installed)
                #expect(try ReleaseTests.difference(build.path, installed) == "")
                #expect(proxy.counts.faulted > 0, "\(proxy.counts)")
                let verified = try await SlipwayProcess.run(["verify", installed], development: nil)
                #expect(verified.status == 0, "\(verified.output)")
                let killed = await scene.killed
                #expect(killed.services >= weather.kills && killed.senders == weather.kills, "\(killed)")
                try await scene.end()
            }
        }
    }
}

/// A service behind a proxy, and the commands of a client that reaches it only so.
private actor Scene {
    private let directory: URL
    private let proxy: FaultProxy
    private var slipway: SlipwayProcess?

    /// Processes that were ended by SIGKILL, in the middle of what they did.
    private(set) var killed = (services: 0, senders: 0, receivers: 0)

    init(directory: URL, proxy: FaultProxy) {
        self.directory = directory
        self.proxy = proxy
    }

    func start(settings: [String: String] = [:]) async throws {
        // Signed addresses lead through the proxy too.
        let slipway = try await SlipwayProcess.up(
            self.directory, settings: settings.merging(["SLIPWAY_PUBLIC_URL": self.proxy.url]) { $1 })
        self.proxy.lead(to: slipway.port)
        self.slipway = slipway
    }

    func createGame() async throws {
        guard let slipway = self.slipway else { return }
        _ = try await Studio(slipway).createGame("Storm")
    }

    /// Kills the service when it is time, or in five seconds, and starts it on another port.
    func restart(once isTime: @Sendable () -> Bool) async throws {
        for _ in 0..<1000 where !isTime() { try await Task.sleep(for: .milliseconds(5)) }
        self.slipway?.kill()
        self.killed.services += 1
        try await self.start()
    }

    func end() async throws {
        guard let slipway = self.slipway else { return }
        try await CrashTests.expectNothingLeft(self.directory, database: slipway.database)
        slipway.stop()
    }

    func push(_ build: URL, killedOnce isTime: (@Sendable () -> Bool)? = nil) async throws {
        try await self.run(
            ["push", build.path, "--game", "Storm", "--version", "1.0", "--json"], killedOnce: isTime)
    }

    /// - Returns: what the command said.
    func pushToItsEnd(_ build: URL) async throws -> String {
        let result = try await SlipwayProcess.run(
            ["push", build.path, "--game", "Storm", "--version", "1.0", "--json"],
            development: self.directory.appending(path: "dev.json"))
        #expect(result.status == 0, "\(result.output)")
        return result.output
    }

    func pull(_ folder: String, killedOnce isTime: (@Sendable () -> Bool)? = nil) async throws {
        try await self.run(["pull", folder, "--game", "Storm", "--version", "1.0", "--json"], killedOnce: isTime)
    }

    /// - Parameter isTime: kills the command when it says so; nil lets it go on, again if need be, to its end.
    private func run(_ arguments: [String], killedOnce isTime: (@Sendable () -> Bool)?) async throws {
        let development = self.directory.appending(path: "dev.json")
        guard let isTime else {
            var last = ""
            // A client gives up after a dozen attempts; the same command then goes on.
            for _ in 0..<5 {
                let result = try await SlipwayProcess.run(arguments, development: development)
                if result.status == 0 { return }
                last = result.output
                guard result.status == 5 else { break }
            }
            Issue.record("\(arguments[0]) came to no end: \(last)")
            return
        }
        let process = ProcessNumber()
        let watch = Task {
            while !Task.isCancelled, !isTime() { try await Task.sleep(for: .milliseconds(5)) }
            let number = process.value.withLock { $0 }
            if number > 0, !Task.isCancelled { Glibc.kill(number, SIGKILL) }
        }
        let result = try await SlipwayProcess.run(
            arguments, development: development,
            started: { running in process.value.withLock { $0 = running.processIdentifier } })
        watch.cancel()
        if result.status == SIGKILL {
            if arguments[0] == "push" { self.killed.senders += 1 } else { self.killed.receivers += 1 }
        }
        #expect(result.status == 0 || result.status == SIGKILL || result.status == 5, "\(result.output)")
    }
}

/// The number of a process, once it runs.
private final class ProcessNumber: Sendable {
    let value = Mutex<Int32>(0)
}
