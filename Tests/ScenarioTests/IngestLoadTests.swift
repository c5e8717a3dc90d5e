import Foundation
import NIOHTTP1
import Testing

@Suite("Builds coming in", .serialized)
struct IngestLoadTests {
    @Test("VR-8: while four builds come in and are processed, every read is answered, and memory stays what it was")
    func readsGoOn() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            let game = try await studio.createGame("Load")
            let reader = Task {
                var (reads, refused) = (0, 0)
                while !Task.isCancelled {
                    do {
                        let status = try await HTTP.send(.GET, "\(studio.prefix)/games", token: studio.token).status
                        reads += 1
                        // A quota is an answer, too.
                        if status != 200, status != 429 { refused += 1 }
                    } catch is CancellationError {
                        break
                    }
                    try? await Task.sleep(for: .milliseconds(20))
                }
                return (reads, refused)
            }
            await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        let build = SampleBuild(seed: UInt64(50 + number), megabytes: 16)
                        let version = try await studio.upload(build.tar, as: "\(number).0", of: game)
                        try await studio.commit(version, of: game)
                        #expect(try await studio.outcome(of: version, of: game)["status"] as? String == "ready")
                    }
                }
                while let outcome = await group.nextResult() {
                    #expect(throws: Never.self) { try outcome.get() }
                }
            }
            reader.cancel()
            let (reads, refused) = try await reader.value
            #expect(reads > 10 && refused == 0)
            // 64 MiB of builds went through; far less than four of them at once was ever held.
            let peak = try slipway.peakMemory
            #expect(peak < 700 << 20, "\(peak >> 20) MiB")
            #expect(slipway.stop() == 0)
        }
    }
}
